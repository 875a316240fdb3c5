@testable import DevRegistry

extension Case {
    static let naming: [Case] = [
        Case("namespaces are apart", rows: ["S8", "S11"], notices: [.namespacesAreApart]) { s in
            try s.register()
            try s.register("port=81", "namespaceId=namespace-1")
            try s.register("port=82", "namespaceId=namespace-2")
            try await s.list(is: "80") { $0.map(\.port) == [80] }
            try await s.list("namespaceId=public", is: "80") { $0.map(\.port) == [80] }
            try await s.list("namespaceId=namespace-1", is: "81") { $0.map(\.port) == [81] }
            try await s.list("namespaceId=namespace-2", is: "82") { $0.map(\.port) == [82] }
            try s.deregister("namespaceId=namespace-1")
            try await s.settle()
            try s.expect(try s.hosts().map(\.port) == [80], "the public list unchanged")
        },
        Case("groups are apart; group@@service is service and group", rows: ["S9"], notices: [.groupsAreApart]) { s in
            try s.register("groupName=G1")
            try s.register("serviceName=G2@@\(s.service)", "port=81")
            try await s.list("groupName=G1", is: "80") { $0.map(\.port) == [80] }
            try await s.list("serviceName=G1@@\(s.service)", is: "80") { $0.map(\.port) == [80] }
            try await s.list("groupName=G2", is: "81") { $0.map(\.port) == [81] }
            try s.expect(try s.hosts().isEmpty, "none in the default group")
        },
        Case("a group in the name wins over the parameter", notices: [.groupInNameWins]) { s in
            try s.register("serviceName=G1@@\(s.service)", "groupName=G2")
            try await s.list("groupName=G1", is: "the instance") { $0.count == 1 }
            try s.expect(try s.hosts("groupName=G2").isEmpty, "none in the group of the parameter")
            try s.beat(10200, "groupName=G1")
            try s.beat(20404)
        },
        Case("IPv6, bracketed or not, host names and odd numbers are addresses") { s in
            for ip in ["2001:db8::\(s.ip().count)", "[2001:db8::2]", "billing.example", "300.1.1.1", "1.2.3"] {
                try s.register("ip=\(ip)")
                try s.beat(10200, "ip=\(ip)")
            }
            try await s.list(is: "five") { $0.count == 5 }
        },
        Case("ports 0 and 65535 and names with a slash are taken") { s in
            try s.register("port=0")
            try s.register("port=65535")
            try s.register("serviceName=\(s.service)/b")
            try await s.list("serviceName=\(s.service)/b", is: "one") { $0.count == 1 }
        },
    ]
}
