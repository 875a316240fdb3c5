/// What survives beatd.
struct Disk {
    var state: [UInt8] = []
    /// How many runs of beatd there were.
    var epoch = 0
    /// The scan that reads the folder is on its way.
    var isScanPlanned = false
}
