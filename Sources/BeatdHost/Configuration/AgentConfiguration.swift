package import BeatdCore
package import Log

/// Everything that beatd.yaml, the environment and `--set` say (contract 4).
package struct AgentConfiguration: Equatable, Sendable {
    /// What the heart obeys.
    package var settings: Settings
    package var descriptors: DescriptorSettings
    package var onStop: StopRule
    /// A stop takes at most this long.
    package var stopTimeout: Duration
    package var stateDirectory: String
    package var controlSocket: String
    package var log: LogSettings
    /// What is odd but taken.
    package var warnings: [InputWarning]

    package init(
        settings: Settings = Settings(), descriptors: DescriptorSettings = DescriptorSettings(),
        onStop: StopRule = .automatic,
        stopTimeout: Duration = .seconds(10), stateDirectory: String = "/var/lib/beatd",
        controlSocket: String = "/run/beatd/control.sock", log: LogSettings = LogSettings(),
        warnings: [InputWarning] = []
    ) {
        self.settings = settings
        self.descriptors = descriptors
        self.onStop = onStop
        self.stopTimeout = stopTimeout
        self.stateDirectory = stateDirectory
        self.controlSocket = controlSocket
        self.log = log
        self.warnings = warnings
    }
}

/// What a stop does; `lapse` comes later.
package enum StopRule: String, Hashable, Sendable {
    case automatic = "auto"
    case deregister
}

/// Where descriptors come from and how eagerly they are read.
package struct DescriptorSettings: Hashable, Sendable {
    package var directory: String
    /// After a hint the folder must be quiet for this long; under churn it is read ten times as late at most.
    package var settle: Duration
    /// Read again without any hint.
    package var rescan: Duration
    /// Takes files whatever their owner, mode and links: for development.
    package var allowUnsafe: Bool
    package var defaults: DescriptorDefaults
    /// A file system that doesn't answer for longer is told; well within the time after which a registry drops what isn't
    /// beaten for, as a start waits for it.
    package var patience = Duration.seconds(5)
    /// No key of beatd.yaml.
    package var writing = WritingLimits()

    package init(
        directory: String = "/etc/beatd/instances.d", settle: Duration = .milliseconds(200),
        rescan: Duration = .seconds(60), allowUnsafe: Bool = false, defaults: DescriptorDefaults = DescriptorDefaults()
    ) {
        self.directory = directory
        self.settle = settle
        self.rescan = rescan
        self.allowUnsafe = allowUnsafe
        self.defaults = defaults
    }
}

/// What is logged, and how it looks.
package struct LogSettings: Hashable, Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// The journal under systemd, text on a terminal, else JSON.
        case automatic = "auto"
        case text, json
    }

    package var level: LogLevel
    package var format: Format

    package init(level: LogLevel = .info, format: Format = .automatic) {
        self.level = level
        self.format = format
    }
}
