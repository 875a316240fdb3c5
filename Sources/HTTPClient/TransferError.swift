import CCurl
import Glibc

/// Why a connection or a transfer failed, in a sentence.
package struct TransferError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it means to whoever has to go on.
    package enum Reason: Hashable, Sendable {
        /// The name has no address now.
        case unresolved
        /// Nobody said which addresses the name has.
        case unanswered
        /// Nobody listens there.
        case refused
        /// No way there.
        case unreachable
        case timedOut
        /// The other end closed, in order or by a reset.
        case closed
        /// A certificate or its file, or the handshake.
        case insecure
        /// The answer is larger than was allowed.
        case tooLarge
        /// The answer is not HTTP.
        case malformed
        /// libcurl refused what it was told, or had no memory.
        case misused
    }

    package let reason: Reason
    /// A sentence without capital and full stop: `connection refused`.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// What the other end did to a connection that was open.
    static let closed = TransferError(.closed, "the other end closed the connection")

    static func refused(option: CURLoption, code: CURLcode) -> TransferError {
        let name = unsafe curl_easy_option_by_id(option).map { unsafe String(cString: $0.pointee.name) }
        let text = unsafe String(cString: curl_easy_strerror(code))
        return TransferError(.misused, "libcurl refused the option \(name ?? "\(option.rawValue)"): \(text)")
    }

    static func failed(call: String, code: CURLMcode) -> TransferError {
        TransferError(.misused, unsafe "\(call): \(String(cString: curl_multi_strerror(code)))")
    }

    /// - Parameters:
    ///   - code: what libcurl made of it
    ///   - errno: the kernel's reason, 0 if there was none
    ///   - detail: libcurl's own words, empty if it had none
    init(code: CURLcode, errno: Int32, detail: String) {
        let text = unsafe detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: self.init(.unresolved, "the name has no address")
        case CURLE_COULDNT_CONNECT where errno == ECONNREFUSED: self.init(.refused, "connection refused")
        case CURLE_COULDNT_CONNECT where errno != 0:
            self.init(.unreachable, unsafe "can't connect: \(String(cString: strerror(errno)))")
        case CURLE_COULDNT_CONNECT: self.init(.unreachable, text)
        case CURLE_OPERATION_TIMEDOUT: self.init(.timedOut, "no answer in time")
        case CURLE_GOT_NOTHING: self.init(.closed, "the other end closed the connection without an answer")
        case CURLE_PARTIAL_FILE:
            self.init(.closed, "the other end closed the connection in the middle of its answer")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR: self.init(.closed, "the other end reset the connection")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED,
            CURLcode(rawValue: 98):  // CURLE_SSL_CLIENTCERT, since 7.77
            self.init(.insecure, text)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING:
            self.init(.malformed, text)
        default: self.init(.misused, text)
        }
    }
}
