import DevRegistry
import Glibc

/// Starts the registry with what stands on the command line.
@main struct Main {
    static func main() { exit(Program.run(Array(CommandLine.arguments.dropFirst()))) }
}
