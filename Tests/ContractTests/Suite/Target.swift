import Linux

/// Where a registry listens, and what it is.
struct Target: Sendable {
    let kind: TargetKind
    let address: SocketAddress
    var contextPath = "/nacos"
}
