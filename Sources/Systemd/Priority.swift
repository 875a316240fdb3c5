/// The ladder of what goes first within a turn of the loop; sd-event's numbers, smaller is earlier.
package enum Priority: Int64 {
    /// A death is seen before a beat is sent.
    case exits = -20
    /// Links, looks, timers.
    case writes = 0
    /// Answers to people can wait for a turn.
    case people = 20
}
