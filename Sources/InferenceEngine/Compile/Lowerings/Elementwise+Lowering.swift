import CKernels
import OnnxIR
import Tensors

/// A function of one number that kernels have.
protocol KernelFunction {
    var activation: ck_activation { get }
}

extension Abs: KernelFunction { var activation: ck_activation { .init(CK_ABS) } }
extension Ceil: KernelFunction { var activation: ck_activation { .init(CK_CEIL) } }
extension Celu: KernelFunction { var activation: ck_activation { .init(CK_CELU, alpha: alpha) } }
extension Cos: KernelFunction { var activation: ck_activation { .init(CK_COS) } }
extension Elu: KernelFunction { var activation: ck_activation { .init(CK_ELU, alpha: alpha) } }
extension Erf: KernelFunction { var activation: ck_activation { .init(CK_ERF) } }
extension Exp: KernelFunction { var activation: ck_activation { .init(CK_EXP) } }
extension Floor: KernelFunction { var activation: ck_activation { .init(CK_FLOOR) } }
extension HardSigmoid: KernelFunction {
    var activation: ck_activation { .init(CK_HARD_SIGMOID, alpha: alpha, beta: beta) }
}
extension HardSwish: KernelFunction { var activation: ck_activation { .init(CK_HARD_SWISH) } }
extension LeakyRelu: KernelFunction { var activation: ck_activation { .init(CK_LEAKY_RELU, alpha: alpha) } }
extension Log: KernelFunction { var activation: ck_activation { .init(CK_LOG) } }
extension Mish: KernelFunction { var activation: ck_activation { .init(CK_MISH) } }
extension Neg: KernelFunction { var activation: ck_activation { .init(CK_NEG) } }
extension QuickGelu: KernelFunction { var activation: ck_activation { .init(CK_SWISH, alpha: alpha) } }
extension Reciprocal: KernelFunction { var activation: ck_activation { .init(CK_RECIPROCAL) } }
extension Relu: KernelFunction { var activation: ck_activation { .init(CK_RELU) } }
extension Round: KernelFunction { var activation: ck_activation { .init(CK_ROUND) } }
extension Selu: KernelFunction { var activation: ck_activation { .init(CK_SELU, alpha: alpha, beta: gamma) } }
extension Sigmoid: KernelFunction { var activation: ck_activation { .init(CK_SIGMOID) } }
extension Sin: KernelFunction { var activation: ck_activation { .init(CK_SIN) } }
extension Softplus: KernelFunction { var activation: ck_activation { .init(CK_SOFTPLUS) } }
extension Softsign: KernelFunction { var activation: ck_activation { .init(CK_SOFTSIGN) } }
extension Sqrt: KernelFunction { var activation: ck_activation { .init(CK_SQRT) } }
extension Swish: KernelFunction { var activation: ck_activation { .init(CK_SWISH, alpha: alpha) } }
extension Tanh: KernelFunction { var activation: ck_activation { .init(CK_TANH) } }
extension ThresholdedRelu: KernelFunction {
    var activation: ck_activation { .init(CK_THRESHOLDED_RELU, alpha: alpha) }
}
extension Gelu: KernelFunction {
    var activation: ck_activation { .init(approximation == .tanh ? CK_GELU_TANH : CK_GELU) }
}

extension ElementwiseReal {
    func lower(_ node: inout Lowering) -> Bool {
        guard let kernel = function as? any KernelFunction else { return false }
        // The two halves of the function overlap, or have no meaning, for other numbers.
        if let celu = function as? Celu, !(celu.alpha > 0) { return false }
        return node.lowerMap(kernel.activation)
    }
}

extension ElementwiseNumber {
    func lower(_ node: inout Lowering) -> Bool {
        guard let function = function as? any KernelFunction else { return false }
        return node.lowerMap(function.activation)
    }
}

extension Clip {
    func lower(_ node: inout Lowering) -> Bool {
        var bounds = [least ?? -.infinity, largest ?? .infinity]
        for index in 1...2 where node.has(index) {
            guard let bound = node.constant(index), bound.shape.elementCount == 1,
                let number = try? bound.array(of: Float.self).first
            else { return false }
            bounds[index - 1] = number
        }
        guard !bounds[0].isNaN, !bounds[1].isNaN else { return false }
        if bounds == [0, .infinity] { return node.lowerMap(.init(CK_RELU)) }
        return node.lowerMap(.init(CK_CLIP, alpha: bounds[0], beta: bounds[1]))
    }
}

extension Lowering {
    /// A function of each element, in whichever layout the input is at hand.
    mutating func lowerMap(_ activation: ck_activation) -> Bool {
        guard areFloats(0), let shape = shape(0), outputShape() == shape else { return false }
        if isBlocked(0) {
            guard let input = blocked(0) else { return false }
            emit(MapKernel(activation: activation, count: elementCount(of: input)), [input], layout: .blocked)
            return true
        }
        guard let input = plain(0) else { return false }
        emit(MapKernel(activation: activation, count: shape.elementCount), [input])
        return true
    }

    /// Elements of a value in memory, the rest of the last block of channels included.
    func elementCount(of value: DraftValue) -> Int { segment.draft.contents[value].elementCount }
}

/// Arithmetic that kernels have.
protocol KernelOperation {
    static var operation: ck_binary { get }
}

extension Add: KernelOperation { static var operation: ck_binary { CK_BINARY_ADD } }
extension Div: KernelOperation { static var operation: ck_binary { CK_BINARY_DIV } }
extension Max: KernelOperation { static var operation: ck_binary { CK_BINARY_MAX } }
extension Min: KernelOperation { static var operation: ck_binary { CK_BINARY_MIN } }
extension Mul: KernelOperation { static var operation: ck_binary { CK_BINARY_MUL } }
extension Sub: KernelOperation { static var operation: ck_binary { CK_BINARY_SUB } }
extension Sum: KernelOperation { static var operation: ck_binary { CK_BINARY_ADD } }

extension ElementwiseBinary {
    func lower(_ node: inout Lowering) -> Bool {
        guard let operation = (Function.self as? any KernelOperation.Type)?.operation, legacy.isNone,
            node.inputCount == 2
        else { return false }
        return node.lowerBinary(operation)
    }
}

extension ElementwiseVariadic {
    func lower(_ node: inout Lowering) -> Bool {
        guard let operation = (Function.self as? any KernelOperation.Type)?.operation else { return false }
        switch node.inputCount {
        case 1: return node.lowerMap(.identity)
        case 2: return node.lowerBinary(operation)
        default: return node.lowerChain(operation)
        }
    }
}

extension Pow {
    func lower(_ node: inout Lowering) -> Bool {
        guard legacy.isNone else { return false }
        guard let exponent = node.constant(1), exponent.elementType == .float, exponent.shape.elementCount == 1,
            exponent.shape.rank <= node.shape(0)?.rank ?? 0, node.areFloats(0), let shape = node.shape(0),
            node.outputShape() == shape, let number = try? exponent.array(of: Float.self).first
        else { return node.lowerBinary(CK_BINARY_POW) }
        switch number {
        case 2:
            guard let square = BroadcastShape([shape, shape]), let input = node.plain(0) else { return false }
            node.emit(BinaryKernel(operation: CK_BINARY_MUL, shape: square), [input, input])
            return true
        case 0.5: return node.lowerMap(.init(CK_SQRT))
        default: return node.lowerBinary(CK_BINARY_POW)
        }
    }
}

extension Lowering {
    mutating func lowerBinary(_ operation: ck_binary) -> Bool {
        guard areFloats(0, 1), let left = shape(0), let right = shape(1),
            let broadcast = BroadcastShape([left, right]), broadcast.result == outputShape()
        else { return false }
        if left == right, isBlocked(0), isBlocked(1) || constant(1) == nil, left.rank >= 3,
            let a = blocked(0), let b = blocked(1), let flat = Shape([elementCount(of: a)]),
            let shape = BroadcastShape([flat, flat])
        {
            emit(BinaryKernel(operation: operation, shape: shape), [a, b], layout: .blocked)
            return true
        }
        if let factors = channelFactors(left, right), let shape = factors.shape, let a = blocked(0),
            let b = plain(1)
        {
            let padded = emitInner(
                Reorder(factors.channels, to: .blocked),
                [b],
                .float,
                factors.channels,
                layout: .blocked
            )
            if operation == CK_BINARY_MUL {
                let blocks = elementCount(of: padded) / Layout.blockLength
                let positions = left.dimensions[2...].reduce(1, *)
                let kernel = ScaleBlocksKernel(blocks: blocks, positions: positions, rows: blocks, hasShift: false)
                emit(kernel, [a, padded], layout: .blocked)
            } else {
                emit(BinaryKernel(operation: operation, shape: shape), [a, padded], layout: .blocked)
            }
            return true
        }
        if let numbers = channelNumbers(left, right), numbers.count > 1, operation == CK_BINARY_MUL,
            let a = blocked(0), let factors = self.numbers(numbers, count: 0)
        {
            let rows = numbers.count / Layout.blockLength
            let positions = left.dimensions[2...].reduce(1, *)
            emit(
                ScaleBlocksKernel(blocks: left[0] * rows, positions: positions, rows: rows, hasShift: false),
                [a, factors],
                layout: .blocked
            )
            return true
        }
        if let numbers = channelNumbers(left, right), let a = blocked(0), let result = blockedShape(left),
            let vector = Shape(numbers.count == 1 ? [1] : [numbers.count / Layout.blockLength, 1, Layout.blockLength]),
            let shape = BroadcastShape([result, vector]), let b = self.numbers(numbers, count: 0)
        {
            emit(BinaryKernel(operation: operation, shape: shape), [a, b], layout: .blocked)
            return true
        }
        guard let a = plain(0), let b = plain(1) else { return false }
        emit(BinaryKernel(operation: operation, shape: broadcast), [a, b])
        return true
    }

    /// For a blocked input and a constant that has one number, or one for each channel: those numbers in whole blocks.
    private func channelNumbers(_ left: Shape, _ right: Shape) -> [Double]? {
        guard isBlocked(0), left.rank >= 3, right.rank <= left.rank, let constant = constant(1),
            let elements = try? constant.array(of: Float.self)
        else { return nil }
        let numbers = elements.map { Double($0) }
        if numbers.count == 1 { return numbers }
        let channelAxis = right.rank - (left.rank - 1)
        guard numbers.count == left[1], channelAxis >= 0, right[channelAxis] == left[1] else { return nil }
        let block = Layout.blockLength
        return numbers + [Double](repeating: 0, count: (left[1] + block - 1) / block * block - numbers.count)
    }

    /// A shape as its blocks of channels lie: samples, blocks, positions, channels of a block.
    private func blockedShape(_ shape: Shape) -> Shape? {
        let block = Layout.blockLength
        return Shape([shape[0], (shape[1] + block - 1) / block, shape.dimensions[2...].reduce(1, *), block])
    }

    /// For a blocked input and one number for each sample's channel (as squeeze-and-excitation has it): how they broadcast.
    private func channelFactors(_ left: Shape, _ right: Shape) -> (channels: Shape, shape: BroadcastShape?)? {
        guard isBlocked(0), left.rank >= 3, right.rank == left.rank, right[0] == left[0], right[1] == left[1],
            right.dimensions[2...].allSatisfy({ $0 == 1 })
        else { return nil }
        let block = Layout.blockLength
        let blocks = (left[1] + block - 1) / block
        let positions = left.dimensions[2...].reduce(1, *)
        guard let large = Shape([left[0] * blocks, positions, block]), let small = Shape([left[0] * blocks, 1, block])
        else { return nil }
        return (right, BroadcastShape([large, small]))
    }

    /// More than two inputs, from the left.
    mutating func lowerChain(_ operation: ck_binary) -> Bool {
        var shapes: [Shape] = []
        for index in 0..<inputCount {
            guard areFloats(index), let shape = shape(index) else { return false }
            shapes.append(shape)
        }
        guard var accumulated = shapes.first, shapes.count > 2 else { return false }
        var links: [BroadcastShape] = []
        for shape in shapes.dropFirst() {
            guard let link = BroadcastShape([accumulated, shape]) else { return false }
            links.append(link)
            accumulated = link.result
        }
        guard accumulated == outputShape(), var result = plain(0) else { return false }
        for (index, link) in links.enumerated() {
            guard let operand = plain(index + 1) else { return false }
            let kernel = BinaryKernel(operation: operation, shape: link)
            if index == links.count - 1 {
                emit(kernel, [result, operand])
            } else {
                result = emitInner(kernel, [result, operand], .float, link.result)
            }
        }
        return true
    }
}
