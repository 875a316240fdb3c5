import BeatdCore

/// All connections, and all requests that are under way.
struct Network {
    var peers: [ConnectionID: Peer] = [:]
    /// By the number of the write.
    var errands: [Int: Errand] = [:]
    var weather: Weather?
    /// Which server of the list beatd turned to last.
    var server = 0
    private(set) var weathers = 0

    mutating func change(to fault: Fault, share: Int, subject: Int?) -> Int {
        weathers += 1
        weather = Weather(fault: fault, share: share, subject: subject, number: weathers)
        return weathers
    }

    /// The fault that hits a request for that instance now, if any.
    func fault(for subject: Int, _ chance: inout Chance) -> Fault? {
        guard let weather, weather.subject == nil || weather.subject == subject else { return nil }
        return chance.happens(weather.share) ? weather.fault : nil
    }
}
