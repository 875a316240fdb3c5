/// How v3 names an outcome (registries/observed/nacos-3x.md, 3).
enum ErrorCode: Int, Sendable {
    case success = 0
    case parameterMissing = 10000
    case weightError = 21001
    case instanceNotFound = 21003
    case instanceError = 21004
    case serverError = 30000

    var message: String {
        switch self {
        case .success: "success"
        case .parameterMissing: "parameter missing"
        case .weightError: "weight error"
        case .instanceNotFound: "instance not found"
        case .instanceError: "instance error"
        case .serverError: "server error"
        }
    }
}
