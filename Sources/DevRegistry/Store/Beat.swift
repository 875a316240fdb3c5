/// A beat as it arrived: light, or full with the instance in its JSON.
struct Beat: Sendable {
    /// What the JSON of a full beat says.
    struct Full: Sendable {
        /// Grouped as it should be, or not; nil where it is missing.
        var serviceName: String?
        var instance: Instance
    }

    /// The service that the parameters name.
    var service: ServiceKey
    var ip: String
    var port: Int
    var cluster: String
    var full: Full?
}
