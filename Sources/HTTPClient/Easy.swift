import CCurl

/// Owns one libcurl handle with what it points to, and sets what is not left to anybody.
@safe final class Easy {
    let handle: UnsafeMutableRawPointer
    /// Libcurl writes its own words here, as long as the handle lives.
    private let detail: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var addresses: UnsafeMutablePointer<curl_slist>?

    private static let detailSize = Int(CURL_ERROR_SIZE)
    /// Once in a process, before any other thread of libcurl.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init(_ url: String, connectTimeout: Duration, library: Library = .running) throws(TransferError) {
        guard Self.isReady, let handle = unsafe curl_easy_init() else {
            throw TransferError(.misused, "no memory for a connection")
        }
        unsafe self.handle = handle
        unsafe detail = .allocate(capacity: Self.detailSize)
        unsafe detail.initialize(repeating: 0, count: Self.detailSize)
        unsafe try set(CURLOPT_ERRORBUFFER, pointer: detail)
        try set(CURLOPT_URL, url)
        try allowOnlyHTTP(library)
        try set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.milliseconds)
        // No signals; SIGPIPE is for the program to ignore.
        try set(CURLOPT_NOSIGNAL, 1)
        // Otherwise a server may choose HTTP/2, which is not what is written on a connection of ours.
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        // A folder of certificates would be read again at each connection: 28 ms on the loop.
        unsafe try set(CURLOPT_CAPATH, pointer: nil)
        // Not from the environment: a proxy is a decision of the configuration.
        try set(CURLOPT_PROXY, "")
    }

    /// By the options' numbers: a libcurl before 7.85 doesn't name the first, and later ones warn of the second.
    private func allowOnlyHTTP(_ library: Library) throws(TransferError) {
        if library.namesProtocols {
            try set(CURLoption(rawValue: 10_318), "http,https")  // CURLOPT_PROTOCOLS_STR
        } else {
            try set(CURLoption(rawValue: 181), Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))  // CURLOPT_PROTOCOLS
        }
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
        unsafe curl_slist_free_all(addresses)
        unsafe detail.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(option, unsafe beatd_curl_set_long(handle, option, value))
    }

    /// Libcurl copies it.
    func set(_ option: CURLoption, _ value: String) throws(TransferError) {
        try check(option, unsafe value.withCString { unsafe beatd_curl_set_pointer(handle, option, $0) })
    }

    /// Who gives a pointer keeps what it points to until the handle ends.
    func set(_ option: CURLoption, pointer: UnsafeRawPointer?) throws(TransferError) {
        try check(option, unsafe beatd_curl_set_pointer(handle, option, pointer))
    }

    func set(_ option: CURLoption, reader: @escaping curl_write_callback) throws(TransferError) {
        try check(option, unsafe beatd_curl_set_reader(handle, option, reader))
    }

    /// Libcurl copies the bytes.
    func set(body: [UInt8]) throws(TransferError) {
        try set(CURLOPT_POSTFIELDSIZE, body.count)
        // A null pointer would mean that the body is read from somewhere else.
        let code = unsafe (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
            unsafe beatd_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
        }
        try check(CURLOPT_COPYPOSTFIELDS, code)
    }

    func set(headers lines: [String]) throws(TransferError) {
        for line in lines { unsafe try Self.append(line, to: &headers) }
        unsafe try set(CURLOPT_HTTPHEADER, pointer: headers)
    }

    /// Where the URL's name leads, tried in that order: libcurl asks nobody, and keeps the name for TLS and `Host`.
    ///
    /// Without a `+` in front the entry replaces the one before it, and doesn't grow old (since 7.75).
    func set(addresses list: [String], of host: String, port: Int) throws(TransferError) {
        let texts = list.map { $0.contains(":") ? "[\($0)]" : $0 }
        unsafe try Self.append("\(host):\(port):\(texts.joined(separator: ","))", to: &addresses)
        unsafe try set(CURLOPT_RESOLVE, pointer: addresses)
    }

    private static func append(
        _ line: String, to list: inout UnsafeMutablePointer<curl_slist>?
    ) throws(TransferError) {
        guard let longer = unsafe curl_slist_append(list, line) else {
            throw TransferError(.misused, "no memory for a line of a list")
        }
        unsafe list = longer
    }

    func set(timeout: Duration) throws(TransferError) { try set(CURLOPT_TIMEOUT_MS, timeout.milliseconds) }

    func get(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe beatd_curl_get_long(handle, info, &value)  // it fails only for what it doesn't know
        return value
    }

    var socket: Int32? {
        var socket: Int32 = -1
        guard unsafe beatd_curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 else {
            return nil
        }
        return socket
    }

    func error(_ code: CURLcode) -> TransferError {
        let errno = Int32(clamping: get(CURLINFO_OS_ERRNO))
        return TransferError(code: code, errno: errno, detail: unsafe String(cString: detail))
    }

    private func check(_ option: CURLoption, _ code: CURLcode) throws(TransferError) {
        guard code == CURLE_OK else { throw TransferError.refused(option: option, code: code) }
    }
}

extension Duration {
    /// Rounded up, and at least 1: for libcurl 0 means "as long as it likes".
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        let rest = Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        return max(Int(clamping: seconds) * 1000 + rest, 1)
    }
}
