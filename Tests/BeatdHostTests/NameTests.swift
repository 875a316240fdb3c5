import BeatdHost
import Testing

struct NameTests {
    @Test(arguments: [
        ("billing.yaml", "billing"), ("a.yml", "a"), ("a.json", "a"), ("a.b_c@1-2.yaml", "a.b_c@1-2"),
        ("x.tmp.yaml", "x.tmp"), (String(repeating: "n", count: 128) + ".yaml", String(repeating: "n", count: 128)),
    ])
    func `NAME is the file's name without suffix`(_ file: String, _ name: String) {
        #expect(DescriptorName(file: file) == .descriptor(name: name))
    }

    @Test(arguments: [
        ".hidden.yaml", ".yaml", "a.yaml~", "a.yaml.swp", "a.yaml.tmp", "a.yaml.bak", "a.yaml.disabled",
        "a.yaml.dpkg-old", "a.dpkg-dist.yaml", "a.yaml.rpmnew", "a.yaml.rpmsave", "README", "a.txt", "a.YAML", "yaml",
    ])
    func `leftovers and strangers are ignored`(_ file: String) {
        #expect(DescriptorName(file: file) == .ignored)
    }

    @Test(arguments: ["a b.yaml", "ä.yaml", "a\n.yaml", "template@.yaml", String(repeating: "n", count: 129) + ".yaml"])
    func `a name that can't be NAME is refused with a reason`(_ file: String) {
        guard case .refused(let why) = DescriptorName(file: file) else {
            Issue.record("\(file) was taken")
            return
        }
        #expect(why.contains("file's name"))
    }

    @Test(arguments: [
        ("10.0.3.7", "10.0.3.7"), ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"), ("::", "::"),
        ("2001:DB8::0:7", "2001:db8::7"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("::ffff:a00:1", "::ffff:10.0.0.1"), ("1::", "1::"), ("fe80::1", "fe80::1"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ])
    func `an address has one way to be written`(_ text: String, _ canonical: String) {
        #expect(AddressText.canonical(text) == canonical)
    }

    @Test(arguments: [
        "", "10.0.3", "10.0.3.256", "010.0.0.1", "1.2.3.4.5", " 1.2.3.4", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1::",
        ":::",
        "12345::", "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::", "g::", ":1:2:3:4:5:6:7",
    ])
    func `what is no address is none`(_ text: String) {
        #expect(AddressText.canonical(text) == nil)
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("5s", .seconds(5)), ("1m30s", .seconds(90)), ("1h", .seconds(3600)),
        ("1h1m1s1ms", .milliseconds(3_661_001)), ("0s", .zero), ("90s", .seconds(90)),
    ])
    func `durations are read and written`(_ text: String, _ length: Duration) {
        #expect(DurationText(text) == .value(length))
        #expect(DurationText(DurationText.text(length)) == .value(length))
    }
}
