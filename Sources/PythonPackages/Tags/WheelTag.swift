/// What a wheel runs on: `cp311-cp311-manylinux_2_28_x86_64`.
///
/// *Source*: PEP 425.
package struct WheelTag: Sendable, Hashable, CustomStringConvertible {
    /// The interpreter and its version: `cp311`, `py3`.
    package let python: String
    /// The binary interface: `cp311`, `abi3`, `none`.
    package let abi: String
    package let platform: String

    /// A tag of parts.
    package init(_ python: String, _ abi: String, _ platform: String) {
        self.python = python
        self.abi = abi
        self.platform = platform
    }

    package var description: String { "\(python)-\(abi)-\(platform)" }
}
