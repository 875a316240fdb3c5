import BeatdCore
import BeatdHost
import Linux
import TestSupport
import Testing

@Suite struct SampleTests {
    private func read(_ path: String) throws -> [UInt8] {
        try Files.read(try Files.open("\(Surroundings.root)/\(path)"), limit: 1 << 16)
    }

    @Test func `the sample configuration holds the defaults and nothing else`() throws {
        let file = ConfigurationSources.File(name: "etc/beatd.yaml", bytes: try read("etc/beatd.yaml"))
        let sample = try ConfigurationDecoding.decode(ConfigurationSources(file: file), seed: 1)
        #expect(sample == (try ConfigurationDecoding.decode(ConfigurationSources(), seed: 1)))
    }

    @Test func `the sample descriptor decodes without a warning`() throws {
        let bytes = try read("etc/instances.d/billing.yaml.disabled")
        let decoded = try DescriptorDecoding().decode(bytes, name: "billing", file: "billing.yaml")
        #expect(decoded.warnings.isEmpty)
        #expect(decoded.descriptor.probes.map(\.target.kind.name) == ["pidfile", "port"])
    }
}
