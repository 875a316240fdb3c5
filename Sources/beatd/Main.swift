import BeatdDaemon
import Glibc

/// Starts the program with what stands on the command line.
@main struct Main {
    static func main() { exit(Program.run(Array(CommandLine.arguments.dropFirst()))) }
}
