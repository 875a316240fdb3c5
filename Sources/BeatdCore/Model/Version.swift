/// Which beatd this is.
package enum Version {
    /// As `--version`, the control socket and every request to a registry say it.
    package static let current = "0.1.0"
}
