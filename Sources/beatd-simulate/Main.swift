import Linux

/// Starts the simulation with what stands on the command line.
@main struct Main {
    static func main() { Leaving.leave(with: Command(Array(CommandLine.arguments.dropFirst())).run()) }
}
