/// What the heart waits for; each is one row of the timer wheel.
enum Timer: Hashable {
    case task(TaskID)
    case lease(LeaseID)
    case target(TargetID)
    case write
    case inquiry
    case save
    case ready
    case stop

    /// The reason that `nextDeadline` gives.
    var why: String {
        switch self {
        case .task: "an instance's phase may change"
        case .lease: "a write is due, or given up"
        case .target: "a look is due, or lost"
        case .write: "the registry may be written to again"
        case .inquiry: "the registry has not said which API it speaks"
        case .save: "the state is to be saved"
        case .ready: "READY is due"
        case .stop: "the stop has taken long enough"
        }
    }
}
