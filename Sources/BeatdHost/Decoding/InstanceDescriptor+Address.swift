package import BeatdCore

extension InstanceDescriptor {
    /// Callers may be sent to nobody: the literal address isn't one of this host's (contract 3.3).
    package func addressWarning(in addresses: @autoclosure () -> AddressSet) -> InputWarning? {
        guard case .literal(let address) = self.address, !addresses().local.contains(address) else { return nil }
        return InputWarning(
            .file(file), key: "address",
            "'address' is \(address), which this host doesn't have; it is advertised as written")
    }
}
