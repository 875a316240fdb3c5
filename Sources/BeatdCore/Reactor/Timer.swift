/// What the heart waits for; each is one row of the timer wheel.
enum Timer: Hashable {
    case task(TaskID)
    case lease(LeaseID)
    case target(TargetID)
    case answers(ConnectionID)
    case write
    case inquiry
    case save
    case ready
    case stop

    /// The reason that `nextDeadline` gives.
    var why: String {
        switch self {
        case .task: "an instance's phase may change"
        case .lease: "a write is due"
        case .target: "a look is due, or lost"
        case .answers: "what is in flight on a connection is given up"
        case .write: "the registry may be written to again"
        case .inquiry: "the registry has not said which API it speaks"
        case .save: "the state is to be saved"
        case .ready: "READY is due"
        case .stop: "the stop has taken long enough"
        }
    }
}
