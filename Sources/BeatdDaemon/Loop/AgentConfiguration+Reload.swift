import BeatdHost

extension AgentConfiguration {
    /// The keys whose new value takes a restart (contract 4).
    func unchangeable(from old: AgentConfiguration) -> [String] {
        var keys: [String] = []
        if stateDirectory != old.stateDirectory { keys.append("state-directory") }
        if controlSocket != old.controlSocket { keys.append("control-socket") }
        if log != old.log { keys.append("log") }
        if stopTimeout != old.stopTimeout { keys.append("stop-timeout") }
        return keys
    }
}
