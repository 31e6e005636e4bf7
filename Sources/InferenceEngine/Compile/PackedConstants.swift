import OnnxIR
import Synchronization
import Tensors

/// What kernels make of constants once and read in every run.
final class PackedConstants: Sendable {
    /// Which constant it is made of, and how.
    struct Key: Hashable, Sendable {
        /// Where the constant lies.
        let source: UInt
        let form: String
        let parameters: [Int]

        init(_ tensor: Tensor, _ form: String, _ parameters: [Int] = []) {
            source = UInt(bitPattern: tensor.region?.bytes.baseAddress)
            self.form = form
            self.parameters = parameters + tensor.shape.dimensions
        }
    }

    /// Constants that live as long as the session; what is made of others belongs to one plan.
    private let shared: Set<UInt>
    private let regions = Mutex<[Key: MemoryRegion]>([:])

    init(of graph: LoadedGraph) {
        shared = Set(graph.constants.values.compactMap { UInt(bitPattern: $0.tensor?.region?.bytes.baseAddress) })
    }

    /// The bytes made so far.
    var byteCount: Int { regions.withLock { $0.values.reduce(0) { $0 + $1.bytes.count } } }

    /// The memory for a key, which `pack` fills the first time.
    ///
    /// `nil` when there is none to be had.
    func region(
        for key: Key,
        of source: Tensor,
        byteCount: Int,
        _ pack: (UnsafeMutableRawPointer) -> Void
    ) -> MemoryRegion? {
        if let region = regions.withLock({ $0[key] }) { return region }
        let made = try? MemoryRegion.allocate(byteCount: byteCount, zeroed: false) { bytes throws(TensorError) in
            if let base = bytes.baseAddress { pack(base) }
        }
        source.region?.forgetPages()
        guard let made, shared.contains(key.source) else { return made }
        return regions.withLock { regions in
            if let region = regions[key] { return region }
            regions[key] = made
            return made
        }
    }
}
