/// Which of Nacos' HTTP APIs was spoken.
enum API: String, Sendable {
    case v1
    case v3
}
