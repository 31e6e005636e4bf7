import Diagnostics
import OnnxIR
import Tensors

/// The attributes that convolutions and pools share: how a window moves over the spatial axes of its input.
struct SpatialAttributes: Sendable {
    enum AutoPad: String, CaseIterable, Sendable {
        case notSet = "NOTSET"
        case sameUpper = "SAME_UPPER"
        case sameLower = "SAME_LOWER"
        case valid = "VALID"
    }

    let kernel: [Int]?
    let strides: [Int]?
    let dilations: [Int]?
    private(set) var pads: [Int]?
    private(set) var autoPad: AutoPad
    let roundsUp: Bool
}

extension SpatialAttributes {
    /// *Throws*: `attribute` for a stride, dilation or extent below 1, or a negative pad.
    init(_ node: NodeContext) throws(EngineError) {
        kernel = try Self.positive("kernel_shape", node.ints("kernel_shape"), least: 1)
        strides = try Self.positive("strides", node.ints("strides"), least: 1)
        dilations = try Self.positive("dilations", node.ints("dilations"), least: 1)
        pads = try Self.positive("pads", node.ints("pads"), least: 0)
        autoPad = try node.choice("auto_pad", default: .notSet)
        roundsUp = try node.bool("ceil_mode", default: false)
    }

    private static func positive(_ name: String, _ values: [Int]?, least: Int) throws(EngineError) -> [Int]? {
        if let values, !values.allSatisfy({ $0 >= least && $0 <= 1 << 31 }) {
            throw .attribute(name, values, expected: "numbers from \(least)")
        }
        return values
    }

    /// The attributes with pads that an input gives, which count unless the output's extents decide.
    ///
    /// *Throws*: `attribute` for a negative pad.
    func with(pads: [Int]) throws(EngineError) -> SpatialAttributes {
        var copy = self
        copy.pads = try Self.positive("pads", pads, least: 0)
        if autoPad == .valid { copy.autoPad = .notSet }
        return copy
    }

    /// The window over an input of these spatial extents.
    ///
    /// *Throws*: `attribute` when an attribute has not one number for each axis, `shape` when the window does not fit.
    func window(over extents: [Int], kernel: [Int]? = nil) throws(EngineError) -> SpatialWindow {
        let kernel = try required(self.kernel ?? kernel)
        let rank = extents.count
        guard extents.allSatisfy({ $0 >= 0 && $0 <= 1 << 40 }) else {
            throw EngineError(.limit, "the spatial axes are \(extents), expected extents from 0 to \(1 << 40)")
        }
        let ones = [Int](repeating: 1, count: rank)
        guard let size = Shape(kernel)?.elementCount, size > 0, size <= 1 << 24 else {
            throw EngineError(.limit, "a window of \(kernel) is not within the limit of 1 to \(1 << 24) elements")
        }
        let strides = strides ?? ones
        let dilations = dilations ?? ones
        var pads =
            autoPad == .notSet ? pads ?? [Int](repeating: 0, count: 2 * rank) : [Int](repeating: 0, count: 2 * rank)
        for (name, values, count) in [
            ("kernel_shape", kernel, rank), ("strides", strides, rank), ("dilations", dilations, rank),
            ("pads", pads, 2 * rank),
        ] where values.count != count {
            throw EngineError(.attribute, "attribute `\(name)` has \(values.count) elements, expected \(count)")
        }
        var outputs: [Int] = []
        for axis in 0..<rank {
            let reach = (kernel[axis] - 1) * dilations[axis] + 1
            if autoPad == .sameUpper || autoPad == .sameLower {
                let output = (extents[axis] + strides[axis] - 1) / strides[axis]
                let total = max(0, (output - 1) * strides[axis] + reach - extents[axis])
                pads[axis] = autoPad == .sameUpper ? total / 2 : total - total / 2
                pads[axis + rank] = total - pads[axis]
            }
            let free = extents[axis] + pads[axis] + pads[axis + rank] - reach
            guard free >= 0 else {
                throw EngineError(
                    .shape,
                    "a window of \(reach) does not fit axis \(axis + 2) of \(extents[axis]) with pads \(pads[axis]) and \(pads[axis + rank])"
                )
            }
            var output = free / strides[axis] + 1
            if roundsUp, free % strides[axis] != 0, output * strides[axis] < extents[axis] + pads[axis] { output += 1 }
            outputs.append(output)
        }
        guard let places = Shape(outputs), places.elementCount <= 1 << 32 else {
            throw EngineError(.limit, "the window has \(outputs) places, more than the limit of \(1 << 32)")
        }
        return SpatialWindow(
            extents: extents,
            kernel: kernel,
            strides: strides,
            dilations: dilations,
            padsBefore: Array(pads[..<rank]),
            padsAfter: Array(pads[rank...]),
            outputs: outputs
        )
    }

    private func required(_ kernel: [Int]?) throws(EngineError) -> [Int] {
        guard let kernel else { throw EngineError(.attribute, "attribute `kernel_shape` is missing") }
        return kernel
    }

    /// The shape of a pool's output, as far as it is known.
    func inferred(_ input: [Dimension]?) -> [Dimension]? {
        guard let input, input.count >= 3 else { return nil }
        return [input[0], input[1]] + outputs(input.dropFirst(2) + [], kernel: kernel?.map { .fixed($0) })
    }

    /// The shape of a convolution's output, as far as it is known.
    func inferred(_ input: [Dimension]?, weights: [Dimension]?) -> [Dimension]? {
        guard let input, input.count >= 3, weights.map({ $0.count == input.count }) ?? true else { return nil }
        let kernel = weights.map { $0.dropFirst(2) + [] } ?? self.kernel?.map { .fixed($0) }
        return [input[0], weights?[0] ?? .unknown] + outputs(input.dropFirst(2) + [], kernel: kernel)
    }

    private func outputs(_ extents: [Dimension], kernel: [Dimension]?) -> [Dimension] {
        extents.indices.map { axis in
            guard let kernel, kernel.count == extents.count, let size = kernel[axis].extent,
                let one = alone(axis, rank: extents.count)
            else { return .unknown }
            if let extent = extents[axis].extent {
                guard let window = try? one.window(over: [extent], kernel: [size]) else { return .unknown }
                return .fixed(window.outputs[0])
            }
            return one.keepsExtent(kernel: size) ? extents[axis] : .unknown
        }
    }

    /// What the attributes say of one axis; `nil` when they have not one number for each.
    func alone(_ axis: Int, rank: Int) -> SpatialAttributes? {
        let counts = [kernel?.count, strides?.count, dilations?.count, pads.map { $0.count / 2 }]
        guard counts.allSatisfy({ $0 == nil || $0 == rank }), pads.map({ $0.count % 2 == 0 }) ?? true else {
            return nil
        }
        return SpatialAttributes(
            kernel: kernel.map { [$0[axis]] },
            strides: strides.map { [$0[axis]] },
            dilations: dilations.map { [$0[axis]] },
            pads: pads.map { [$0[axis], $0[axis + rank]] },
            autoPad: autoPad,
            roundsUp: roundsUp
        )
    }

    /// Whether the output of one axis is as long as the input, however long that is.
    private func keepsExtent(kernel: Int) -> Bool {
        guard strides ?? [1] == [1], kernel > 0, kernel <= 1 << 24 else { return false }
        switch autoPad {
        case .sameUpper, .sameLower: return true
        case .valid: return kernel == 1
        case .notSet: return (kernel - 1) * (dilations?[0] ?? 1) == (pads ?? []).reduce(0, +)
        }
    }
}

/// A window that moves over the spatial axes of an input.
struct SpatialWindow: Sendable {
    let extents: [Int]
    let kernel: [Int]
    let strides: [Int]
    let dilations: [Int]
    let padsBefore: [Int]
    let padsAfter: [Int]
    let outputs: [Int]

    var kernelSize: Int { kernel.reduce(1, *) }
    var outputSize: Int { outputs.reduce(1, *) }
    var inputSize: Int { extents.reduce(1, *) }

    /// For one place of the window, where its elements lie in a channel of the input; -1 in the padding.
    ///
    /// `place` and the result run through the window's and the kernel's axes in row-major order.
    func offsets(at place: Int) -> [Int] {
        var origin = [Int](repeating: 0, count: extents.count)
        var rest = place
        for axis in extents.indices.reversed() {
            origin[axis] = rest % outputs[axis] * strides[axis] - padsBefore[axis]
            rest /= outputs[axis]
        }
        var offsets = [0]
        for axis in extents.indices {
            var next: [Int] = []
            next.reserveCapacity(offsets.count * kernel[axis])
            for offset in offsets {
                for step in 0..<kernel[axis] {
                    let position = origin[axis] + step * dilations[axis]
                    let isOutside = offset < 0 || position < 0 || position >= extents[axis]
                    next.append(isOutside ? -1 : offset * extents[axis] + position)
                }
            }
            offsets = next
        }
        return offsets
    }

    /// The offsets of every place, as one table: a row for each element of the kernel, a column for each place.
    func table() -> [Int] {
        var table = [Int](repeating: -1, count: kernelSize * outputSize)
        for place in 0..<outputSize {
            for (element, offset) in offsets(at: place).enumerated() { table[element * outputSize + place] = offset }
        }
        return table
    }
}
