// swift-tools-version: 6.2
import PackageDescription

/// A C library that Debian ships, seen through a module map; exactly one Swift face imports it.
func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "beatd",
    products: [
        .executable(name: "beatd", targets: ["beatd"]),
        .executable(name: "beatd-dev-registry", targets: ["beatd-dev-registry"]),
        .executable(name: "beatd-simulate", targets: ["beatd-simulate"]),
    ],
    targets: [
        // The ground: one face per C library.
        library("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        library("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        .target(name: "CLinux"),
        .target(name: "Linux", dependencies: ["CLinux"]),
        .target(name: "Log"),
        .target(name: "Systemd", dependencies: ["CSystemd", "CLinux", "Linux"]),
        .target(name: "HTTPClient", dependencies: ["CCurl", "Linux", "Systemd"]),
        .target(name: "HTTPServer", dependencies: ["CMicroHTTPD", "Linux", "Systemd"]),
        .target(name: "YAML", dependencies: ["CYAML"]),

        // beatd itself.
        .target(name: "BeatdCore"),
        .target(name: "BeatdNacos", dependencies: ["BeatdCore", "HTTPClient", "Systemd", "Log"]),
        .target(name: "BeatdHost", dependencies: ["BeatdCore", "YAML", "Linux", "Systemd", "Log"]),
        .target(name: "BeatdSystemd", dependencies: ["BeatdCore", "Systemd", "Linux", "Log"]),
        .target(
            name: "BeatdDaemon",
            dependencies: [
                "BeatdCore", "BeatdNacos", "BeatdHost", "BeatdSystemd", "Systemd", "HTTPServer", "HTTPClient", "YAML",
                "Linux", "Log",
            ]),
        .executableTarget(name: "beatd", dependencies: ["BeatdDaemon", "Linux"]),

        // The small honest registry; knows nothing of beatd, so that a misreading is not shared.
        .target(name: "DevRegistry", dependencies: ["HTTPServer", "Systemd", "Linux"]),
        .executableTarget(name: "beatd-dev-registry", dependencies: ["DevRegistry", "Linux"]),

        // The simulation: a world with a seed. Its predicates can't see how beatd decides.
        .target(name: "Predicates"),
        .target(name: "Simulation", dependencies: ["BeatdCore", "BeatdNacos", "Predicates"]),
        .executableTarget(name: "beatd-simulate", dependencies: ["Simulation", "Predicates", "Linux"]),

        // Shared by tests only.
        .target(name: "TestSupport", dependencies: ["Linux", "Systemd"], path: "Tests/TestSupport"),
        .testTarget(
            name: "GroundTests",
            dependencies: ["Linux", "Log", "Systemd", "HTTPClient", "HTTPServer", "YAML", "TestSupport"],
            exclude: ["Corpus"]),
        .testTarget(name: "BeatdCoreTests", dependencies: ["BeatdCore"]),
        .testTarget(
            name: "BeatdNacosTests",
            dependencies: ["BeatdNacos", "BeatdCore", "HTTPClient", "Linux", "Systemd", "TestSupport"],
            exclude: ["Golden", "Answers"]),
        .testTarget(
            name: "BeatdHostTests",
            dependencies: ["BeatdHost", "BeatdCore", "YAML", "Linux", "Log", "Systemd", "TestSupport"],
            exclude: ["Corpus"]),
        .testTarget(
            name: "BeatdDaemonTests",
            dependencies: [
                "BeatdDaemon", "BeatdSystemd", "BeatdHost", "BeatdNacos", "BeatdCore", "Linux", "Systemd",
                "TestSupport",
            ]),
        .testTarget(
            name: "DevRegistryTests", dependencies: ["DevRegistry", "Linux", "HTTPServer", "Systemd", "TestSupport"]),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation", "Predicates"]),
        .testTarget(
            name: "ContractTests", dependencies: ["DevRegistry", "BeatdNacos", "BeatdCore", "Linux", "TestSupport"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["Linux", "TestSupport"],
            exclude: ["Harness/odd-registry.pl", "Harness/unread-journal.pl", "Harness/without-diagnosis.pl"]),
        .testTarget(name: "StyleTests", dependencies: ["TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && target.name != "CLinux" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
