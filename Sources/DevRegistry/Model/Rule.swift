/// One rule of the registry.
///
/// Each is asked for at exactly one place, and each can be switched wrong for a test.
enum Rule: String, CaseIterable, Sendable {
    // Time.
    case heartbeatTimeout = "heartbeat-timeout"
    case deleteTimeout = "delete-timeout"
    case ownTimeouts = "own-timeouts"
    case editedTimeouts = "edited-timeouts"
    case persistentNeverExpires = "persistent-never-expires"
    case emptyServicesGo = "empty-services-go"
    case editsExpire = "edits-expire"
    case readsLag = "reads-lag"
    case coarseRounds = "coarse-rounds"

    // Beats.
    case beatRefreshes = "beat-refreshes"
    case beatRevives = "beat-revives"
    case beatChangesNothing = "beat-changes-nothing"
    case beatIgnoresCluster = "beat-ignores-cluster"
    case lightBeatCreatesNothing = "light-beat-creates-nothing"
    case lightFlagWithNotFound = "light-flag-with-not-found"
    case lightSwitch = "light-switch"
    case intervalFromMetadata = "interval-from-metadata"
    case intervalFromSwitch = "interval-from-switch"
    case wordsAreIntervalZero = "words-are-interval-zero"
    case fullBeatCreates = "full-beat-creates"
    case missingWeightIsZero = "missing-weight-is-zero"
    case missingClusterFromParameter = "missing-cluster-from-parameter"
    case addressInsideJSONCounts = "address-inside-json-counts"
    case nameInsideJSONCounts = "name-inside-json-counts"
    case beatMustBeJSON = "beat-must-be-json"

    // Registering and deregistering.
    case identityWithoutCluster = "identity-without-cluster"
    case registeringReplaces = "registering-replaces"
    case registeringRestartsClock = "registering-restarts-clock"
    case kindsDoNotMix = "kinds-do-not-mix"
    case unknownGoodbyeIsFine = "unknown-goodbye-is-fine"
    case goodbyeChecksKind = "goodbye-checks-kind"
    case goodbyeIgnoresCluster = "goodbye-ignores-cluster"

    // Names.
    case namespacesAreApart = "namespaces-are-apart"
    case groupsAreApart = "groups-are-apart"
    case groupInNameWins = "group-in-name-wins"

    // Reads.
    case listHidesDisabled = "list-hides-disabled"
    case listShowsUnhealthy = "list-shows-unhealthy"
    case healthyOnly = "healthy-only"
    case clusterFilter = "cluster-filter"
    case unknownServiceIsEmpty = "unknown-service-is-empty"
    case detailOfUnknownIs404 = "detail-of-unknown-is-404"
    case protectThreshold = "protect-threshold"

    // Operators.
    case editsWin = "edits-win"
    case editsMerge = "edits-merge"
    case editNeedsService = "edit-needs-service"
    case patchKeepsTheRest = "patch-keeps-the-rest"
    case metricsSayUp = "metrics-say-up"
    case madeServicesArePersistent = "made-services-are-persistent"
    case servicesAreUnique = "services-are-unique"
    case fullServicesStay = "full-services-stay"
    case serviceCount = "service-count"

    // Parameters.
    case parametersInForm = "parameters-in-form"
    case requiredParameters = "required-parameters"
    case oneIsFalse = "one-is-false"
    case enableMeansEnabled = "enable-means-enabled"
    case portRange = "port-range"
    case characters = "characters"
    case lengths = "lengths"
    case groupedNameFormat = "grouped-name-format"
    case weightRange = "weight-range"
    case clusterCharacters = "cluster-characters"
    case metadataFormat = "metadata-format"
    case metadataPairs = "metadata-pairs"
    case metadataLength = "metadata-length"
    case timeoutsAboveInterval = "timeouts-above-interval"

    // What v3 has of its own.
    case v3UnknownBeatIs21003 = "v3-unknown-beat-is-21003"
    case v3OneIsTrue = "v3-one-is-true"
    case v3JunkIs500 = "v3-junk-is-500"
    case v3KnowsNoEnable = "v3-knows-no-enable"
    case v3BadMetadataIsEmpty = "v3-bad-metadata-is-empty"
    case v3NameIsLiteral = "v3-name-is-literal"
    case v3ListsDefaultCluster = "v3-lists-default-cluster"
    case v1OffIs410 = "v1-off-is-410"

    // HTTP.
    case checkerEndsWithNewline = "checker-ends-with-newline"
    case unknownPathIs501 = "unknown-path-is-501"
    case refusalsClose = "refusals-close"
    case hundredRequests = "hundred-requests"
    case idleConnectionsClose = "idle-connections-close"
}
