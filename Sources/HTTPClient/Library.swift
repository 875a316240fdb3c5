import CCurl

/// The libcurl that this process runs with, which may be another one than it was built with.
package struct Library: Sendable {
    /// As `7.76.0`.
    package let version: String
    private let number: UInt32

    /// What it runs with.
    package static let running: Library = {
        // Whatever age is asked for, the version stands where it always stood.
        guard let info = unsafe curl_version_info(CURLVERSION_FIRST) else { return Library(version: "?", number: 0) }
        return unsafe Library(version: String(cString: info.pointee.version), number: info.pointee.version_num)
    }()

    /// RHEL 9's; what an older one says of a connection that stands was never tried.
    private static let oldest = Library(version: "7.76.0", number: 0x07_4c_00)

    /// The number is 0xXXYYZZ for version X.Y.Z (curl_version_info(3)).
    package init(version: String, number: UInt32) {
        self.version = version
        self.number = number
    }

    /// Why beatd can't run with it, in a sentence; nil: it can.
    package var refusal: String? {
        guard number < Self.oldest.number else { return nil }
        return "libcurl \(version) is older than beatd needs: \(Self.oldest.version); "
            + "install a newer libcurl, or run beatd on a newer system"
    }

    /// Since 7.85 protocols are named; their numbers are on their way out.
    var namesProtocols: Bool { number >= 0x07_55_00 }
}
