import Glibc

/// Starts the simulation with what stands on the command line.
@main struct Main {
    static func main() { exit(Command(Array(CommandLine.arguments.dropFirst())).run()) }
}
