import CKernels
import Tensors

/// Work on elements whose types, shapes and places are known before it runs.
///
/// A kernel allocates nothing when it runs, so that a compiled segment does not either.
protocol Kernel: Sendable {
    /// What plans and profiles call it, shapes included.
    var label: String { get }
    /// Multiplications and additions of floats, where they are what takes the time.
    var floatingPointOperationCount: Int { get }
    /// Bytes of memory that it needs while it runs.
    var scratchByteCount: Int { get }
    /// Inputs in whose place the first output may lie, because each element is read before it is written.
    var replaceableInputs: [Int] { get }

    /// *Throws*: `index` for an index of an input that is out of range.
    func run(_ call: borrowing KernelCall) throws(EngineError)
}

extension Kernel {
    var floatingPointOperationCount: Int { 0 }
    var scratchByteCount: Int { 0 }
    var replaceableInputs: [Int] { [] }
}

/// One run of a kernel: where its operands are, and what it may use.
struct KernelCall: ~Copyable {
    /// The inputs and behind them the outputs.
    let operands: UnsafePointer<UnsafeMutableRawPointer?>
    let inputCount: Int
    let scratch: UnsafeMutableRawPointer?
    let tables: KernelTables

    /// An input; empty ones lie anywhere.
    @inline(__always)
    func input<Element>(_ index: Int, as type: Element.Type = Float.self) -> UnsafePointer<Element>? {
        operands[index].map { UnsafePointer($0.assumingMemoryBound(to: type)) }
    }

    @inline(__always)
    func output<Element>(_ index: Int, as type: Element.Type = Float.self) -> UnsafeMutablePointer<Element>? {
        operands[inputCount + index].map { $0.assumingMemoryBound(to: type) }
    }
}

/// The kernels of an instruction set, and the threads on which they run.
struct KernelTables: Sendable {
    let isa: ck_isa
    let threads: ThreadPool

    var kernels: UnsafePointer<ck_kernels> { ck_kernels_for(isa) }
    var pool: OpaquePointer? { threads.pool }
}
