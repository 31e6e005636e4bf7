import CKernels
import Synchronization
import Tensors

/// The compiled form of a forest, made when it is first asked for.
final class CompiledForest: Sendable {
    private let made = Mutex<(isTried: Bool, region: MemoryRegion?)>((false, nil))

    func region(_ compile: () -> MemoryRegion?) -> MemoryRegion? {
        made.withLock { made in
            if !made.isTried { made = (true, compile()) }
            return made.region
        }
    }
}

extension Forest {
    /// The forest as kernels read it; `nil` where floats do not hold its numbers, or it asks for more than they do.
    func compiled() -> MemoryRegion? { compiledForm.region { makeCompiled() } }

    private func makeCompiled() -> MemoryRegion? {
        var flat: [ck_tree_node] = []
        flat.reserveCapacity(nodes.count)
        for node in nodes {
            guard node.comparison != .member, let threshold = Float(exactly: node.threshold),
                let whenTrue = Self.code(node.whenTrue), let whenFalse = Self.code(node.whenFalse)
            else { return nil }
            flat.append(
                ck_tree_node(
                    threshold: threshold,
                    feature: UInt32(node.feature),
                    when_true: whenTrue,
                    when_false: whenFalse,
                    comparison: node.comparison.rawValue,
                    is_true_for_missing: node.isTrueForMissing ? 1 : 0
                )
            )
        }
        let starts = roots.compactMap(Self.code)
        var weights: [ck_tree_weight] = []
        weights.reserveCapacity(leaves.weights.count)
        for weight in leaves.weights {
            guard let value = Float(exactly: weight.value) else { return nil }
            weights.append(ck_tree_weight(target: UInt32(weight.target), value: value))
        }
        guard starts.count == roots.count else { return nil }
        return flat.withUnsafeBufferPointer { flat in
            starts.withUnsafeBufferPointer { starts in
                leaves.starts.withUnsafeBufferPointer { leafStarts in
                    weights.withUnsafeBufferPointer { weights in
                        var forest = ck_tree_forest()
                        forest.nodes = flat.baseAddress
                        forest.node_count = flat.count
                        forest.roots = starts.baseAddress
                        forest.root_count = starts.count
                        forest.leaf_starts = leafStarts.baseAddress.map {
                            UnsafeRawPointer($0).assumingMemoryBound(to: Int.self)
                        }
                        forest.leaf_count = leaves.count
                        forest.weights = weights.baseAddress
                        forest.feature_count = featureCount
                        forest.target_count = targetCount
                        forest.aggregate = kernelAggregate
                        return Self.compile(forest)
                    }
                }
            }
        }
    }

    private static func compile(_ forest: ck_tree_forest) -> MemoryRegion? {
        withUnsafePointer(to: forest) { forest in
            let byteCount = ck_tree_compile_size(forest)
            guard byteCount > 0 else { return nil }
            var used = 0
            let whole = try? MemoryRegion.allocate(byteCount: byteCount, zeroed: false) { bytes throws(TensorError) in
                let scratch = try MemoryRegion.allocate(
                    byteCount: ck_tree_compile_scratch_size(forest),
                    zeroed: false
                ) { scratch throws(TensorError) in
                    used = ck_tree_compile(forest, bytes.baseAddress, scratch.baseAddress)
                }
                withExtendedLifetime(scratch) {}
            }
            guard let whole, used > 0 else { return nil }
            return try? .copying(UnsafeRawBufferPointer(rebasing: whole.bytes[..<used]))
        }
    }

    /// A branch as C has it: the index of a node, or the complement of a leaf's.
    private static func code(_ branch: Branch) -> Int32? {
        switch branch {
        case .node(let index): Int32(exactly: index)
        case .leaf(let index): Int32(exactly: index).map { ~$0 }
        }
    }

    private var kernelAggregate: ck_tree_aggregate {
        switch aggregate {
        case .sum: CK_TREE_SUM
        case .average: CK_TREE_AVERAGE
        case .min: CK_TREE_MIN
        case .max: CK_TREE_MAX
        }
    }
}
