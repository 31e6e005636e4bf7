import CKernels
import OnnxIR
import Tensors

extension TreeEnsembleRegressor {
    func lower(_ node: inout Lowering) -> Bool { node.lowerTrees(forest, base: base, transform: transform) }
}

extension TreeEnsemble {
    func lower(_ node: inout Lowering) -> Bool { node.lowerTrees(forest, base: [], transform: transform) }
}

extension TreeEnsembleClassifier {
    func lower(_ node: inout Lowering) -> Bool {
        guard case .integers(let numbers) = labels, [.none, .logistic, .softmax].contains(transform) else {
            return false
        }
        var base = base
        if let onlyClass, let first = base.first {
            base = (0..<labels.count).map { $0 == onlyClass ? first : 0 }
        }
        guard let rows = node.shape(0).map({ $0.rank == 1 ? 1 : $0[0] }),
            !node.names(output: 0) || node.outputShape(0)?.dimensions == [rows],
            !node.names(output: 1) || node.outputShape(1)?.dimensions == [rows, labels.count],
            let shape = Shape([rows, labels.count]),
            let scores = node.treeScores(forest, base: base).map({ kernel, operands in
                node.emitInner(kernel, operands, .float, shape)
            })
        else { return false }
        let labelOutput = node.names(output: 0) ? 0 : nil
        let scoreOutput = node.names(output: 1) ? (labelOutput == nil ? 0 : 1) : nil
        node.emit(
            ClassDecisionKernel(
                rows: rows,
                labels: numbers.map { Int64($0) },
                onlyClass: onlyClass,
                isAllPositive: isAllPositive,
                transform: transform,
                labelOutput: labelOutput,
                scoreOutput: scoreOutput
            ),
            [scores],
            outputs: 2
        )
        return true
    }
}

extension Lowering {
    fileprivate mutating func lowerTrees(_ forest: Forest, base: [Double], transform: ScoreTransform) -> Bool {
        guard [.none, .logistic, .softmax].contains(transform), let input = shape(0), outputType() == .float,
            let result = outputShape(), result.dimensions == [input.rank == 1 ? 1 : input[0], forest.targetCount],
            let (kernel, operands) = treeScores(forest, base: base)
        else { return false }
        switch transform {
        case .logistic:
            let scores = emitInner(kernel, operands, .float, result)
            emit(MapKernel(activation: .init(CK_SIGMOID), count: result.elementCount), [scores])
        case .softmax:
            let scores = emitInner(kernel, operands, .float, result)
            emit(SoftmaxKernel(isLogarithm: false, outer: result[0], axis: result[1], inner: 1), [scores])
        default: emit(kernel, operands)
        }
        return true
    }

    /// The kernel for a forest's scores of the input's rows, with its operands.
    fileprivate mutating func treeScores(_ forest: Forest, base: [Double]) -> (TreeKernel, [DraftValue])? {
        guard areFloats(0), let shape = shape(0), (1...2).contains(shape.rank), shape.elementCount > 0,
            forest.featureCount <= shape[shape.rank - 1], let compiled = forest.compiled(),
            base.isEmpty || base.count == forest.targetCount,
            let compiledShape = Shape([compiled.bytes.count]), let input = plain(0),
            let address = compiled.bytes.baseAddress
        else { return nil }
        var operands = [input, addConstant(compiled, .uint8, compiledShape)]
        if !base.isEmpty {
            guard let values = numbers(base, count: 0) else { return nil }
            operands.append(values)
        }
        let rows = shape.rank == 1 ? 1 : shape[0]
        let kernel = TreeKernel(
            rows: rows,
            features: shape[shape.rank - 1],
            hasBase: !base.isEmpty,
            treeCount: forest.treeCount,
            scratchByteCount: tables.kernels.pointee.f32_tree_scratch_size(address, rows, tables.threads.threadCount)
        )
        return (kernel, operands)
    }
}
