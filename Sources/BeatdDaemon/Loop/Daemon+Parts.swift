import BeatdCore
import BeatdHost
import BeatdNacos

extension Daemon {
    /// What it is made of once it has started.
    struct Drivers {
        let directory: DescriptorDirectory
        let looks: HostLooks
        let processes: ProcessWatch
        let link: RegistryLink
        let control: ControlSocket
        let reloads: Reloads
        let tidying: Tidying
        let state: StateKeeper
    }

    /// What was last told to people.
    struct View {
        var problem: String?
        /// What works less well than it should.
        var notices: [String] = []
        /// NAMEs of the files that are refused as they stand; the log named each with its line and key.
        var refused: Set<String> = []
        var registry: (server: Server, state: RegistryState)?
        /// How many refusals of single writes were told in the minute that began then.
        var refusals: (since: Instant, count: Int)?
        var statusAt: Instant?
        /// Whether something changed that STATUS= may show.
        var isStale = true
        var exit: ExitCode?
    }
}
