import Linux

/// A file's whole text.
enum TextFile {
    static func read(_ path: String) throws(SystemCallError) -> String {
        String(decoding: try Files.read(try Files.open(path), limit: 16 << 20), as: UTF8.self)
    }
}
