/// What the network and the registry's front do to requests for a while.
struct Weather {
    var fault: Fault
    /// How many of a hundred requests it hits.
    var share: Int
    /// Only the requests for that instance; nil: for all.
    var subject: Int?
    var number: Int
}
