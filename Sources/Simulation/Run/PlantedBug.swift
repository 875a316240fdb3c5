#if DELIBERATE_BUGS
    import BeatdCore
#endif

/// The deliberate bugs of a build that holds them; none in any other.
package enum PlantedBug {
    /// Their names.
    package static var names: [String] {
        #if DELIBERATE_BUGS
            DeliberateBug.allCases.map(\.rawValue)
        #else
            []
        #endif
    }

    /// Makes that one act, or none; says whether there is such a one.
    package static func choose(_ name: String?) -> Bool {
        #if DELIBERATE_BUGS
            DeliberateBug.chosen = name.flatMap { DeliberateBug(rawValue: $0) }
            return name == nil || DeliberateBug.chosen != nil
        #else
            return name == nil
        #endif
    }
}
