import DevRegistry
import Linux

/// Starts the registry with what stands on the command line.
@main struct Main {
    static func main() {
        StandardDescriptors.fill()
        Leaving.leave(with: Program.run(Array(CommandLine.arguments.dropFirst())))
    }
}
