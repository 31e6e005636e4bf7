import Glibc

/// The same elements in another place.
struct CopyKernel: Kernel {
    let byteCount: Int

    var label: String { "copy \(byteCount) bytes" }

    func run(_ call: borrowing KernelCall) {
        guard byteCount > 0, let source = call.input(0, as: UInt8.self), let target = call.output(0, as: UInt8.self)
        else { return }
        memcpy(target, source, byteCount)
    }
}
