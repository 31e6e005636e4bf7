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

    private struct Store {
        /// Constants that live as long as the session; what is made of others belongs to one plan.
        var shared: Set<UInt>
        var regions: [Key: MemoryRegion] = [:]
    }

    private let store: Mutex<Store>
    private let memory = MemorySlabs()

    init(of graph: LoadedGraph) {
        let addresses = graph.constants.values.compactMap { UInt(bitPattern: $0.tensor?.region?.bytes.baseAddress) }
        store = Mutex(Store(shared: Set(addresses)))
    }

    /// The bytes made so far.
    var byteCount: Int { store.withLock { $0.regions.values.reduce(0) { $0 + $1.bytes.count } } }

    /// The memory for a key, which `pack` fills the first time.
    ///
    /// `nil` when there is none to be had.
    func region(
        for key: Key,
        of source: Tensor,
        byteCount: Int,
        _ pack: (UnsafeMutableRawPointer) -> Void
    ) -> MemoryRegion? {
        if let region = store.withLock({ $0.regions[key] }) { return region }
        source.region?.fetchPages()
        let made = try? memory.allocate(byteCount: byteCount) { bytes throws(TensorError) in
            if let base = bytes.baseAddress { pack(base) }
        }
        source.region?.forgetPages()
        guard let made else { return nil }
        return store.withLock { store in
            guard store.shared.contains(key.source) else { return made }
            if let region = store.regions[key] { return region }
            store.regions[key] = made
            // What is made of it lives as long.
            store.shared.insert(UInt(bitPattern: made.bytes.baseAddress))
            return made
        }
    }
}
