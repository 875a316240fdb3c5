import Testing

@testable import DevRegistry

struct PageTests {
    private static func page(_ registry: inout Registry, _ arguments: String...) throws -> String {
        let page = Page(url: "http://127.0.0.1:8848/nacos", options: try Options(arguments))
        return page.html(registry.routes.everything(at: registry.now), at: registry.now)
    }

    @Test func `each instance has its state, the age of its last beat and its API`() throws {
        var registry = Registry()
        registry.register("weight=2.5", "metadata=a=1,b=2")
        registry.pass(.milliseconds(15_100))
        registry.v3("POST", "instance", "port=81", "clusterName=C1")
        registry.v3("POST", "instance", "serviceName=kept", "ephemeral=false")
        registry.pass(.milliseconds(1200))
        let page = try Self.page(&registry)
        let (good, bad) = ("<span class=\"good\">healthy</span>", "<span class=\"bad\">unhealthy</span>")
        for row in [
            ["10.0.0.1:80", bad, "16.3 s ago", "v1", "DEFAULT", "2.5", "a=1, b=2"],
            ["10.0.0.1:81", good, "1.2 s ago", "v3", "C1", "1.0", ""],
            ["10.0.0.1:80", good + ", persistent", "–", "v3", "DEFAULT", "1.0", ""],
        ] {
            #expect(page.contains("<tr>" + row.map { "<td>\($0)</td>" }.joined() + "</tr>"), "\(row) in \(page)")
        }
        #expect(page.contains("2 services, 3 instances: <span class=\"good\">2 healthy</span>, <span"))
    }

    @Test func `a service without instances is shown as such, and nothing as nothing`() throws {
        var registry = Registry()
        #expect(try Self.page(&registry).contains("No service is registered."))
        registry.register("groupName=G1", "namespaceId=n1")
        registry.call("DELETE", "instance", "serviceName=G1@@a", "namespaceId=n1", "ip=10.0.0.1", "port=80")
        let page = try Self.page(&registry)
        #expect(page.contains("<h2>a <span class=\"quiet\">in G1, namespace n1</span> no instance</h2>"))
        #expect(page.contains("1 service, 0 instances"))
    }

    @Test func `no markup of others is markup, not even behind a combining mark`() throws {
        var registry = Registry()
        registry.register("serviceName=<i>", "ip=<u>", "metadata=k=<b\u{301}>&\"")
        registry.register("metadata=k=<\u{338}script>")
        let page = try Self.page(&registry)
        #expect(page.contains("<h2>&lt;i&gt; ") && page.contains("<td>&lt;u&gt;:80</td>"))
        #expect(page.contains("<td>k=&lt;b\u{301}&gt;&amp;&quot;</td>"))
        #expect(page.unicodeScalars.filter { $0 == "<" }.count == page.unicodeScalars.filter { $0 == ">" }.count)
        #expect(page.contains("&lt;\u{338}script&gt;"))
    }

    @Test func `it asks for itself again, and loads nothing`() throws {
        var registry = Registry()
        let page = try Self.page(&registry)
        #expect(page.contains("<meta http-equiv=\"refresh\" content=\"2\">"))
        #expect(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""))
        #expect(!page.contains("<script") && !page.contains("src=") && !page.contains("<link"))
    }

    @Test func `it says which APIs there are, and what the registry does on purpose`() throws {
        var registry = Registry()
        #expect(try Self.page(&registry).contains("Nacos v1 and v3 at <code>http://127.0.0.1:8848/nacos</code>. As of"))
        #expect(try Self.page(&registry, "--v1-off").contains("Nacos v3 (v1 is switched off: 410)"))
        #expect(try Self.page(&registry, "--v3-only").contains("Nacos v3 (there is no v1: 404)"))
        let moody = try Self.page(&registry, "--forget-after=30s", "--delay=50ms", "--wrong=port-range")
        #expect(moody.contains("<b>It forgets every 30.0 seconds, answers 0.05 seconds late, breaks port-range.</b>"))
    }

    @Test func `it shows a bounded number of instances, and counts the rest`() throws {
        var registry = Registry()
        for port in 1...Page.rowLimit + 1 { registry.register("port=\(port)") }
        registry.register("serviceName=b")
        let page = try Self.page(&registry)
        #expect(page.split(separator: "<tr><td>").count == Page.rowLimit + 1)
        #expect(page.contains("And 1 more instance.") && page.contains("And 1 more service."))
        #expect(page.contains("2 services, \(Page.rowLimit + 2) instances"))
    }
}
