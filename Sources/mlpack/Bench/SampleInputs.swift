import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors

/// Values for the inputs that nobody fed, the same each time.
///
/// Floating-point values lie in [0, 1); `int8` and `uint8` take all their values; the wider integers, which are indices,
/// token identifiers and masks in most models, and `bool` are 0 or 1.
struct SampleInputs {
    private let limits: InferenceLimits
    private var symbols: [String: Int] = [:]
    private var state: UInt64 = 20_261_124

    /// Samples within the limits of a run.
    init(limits: InferenceLimits) { self.limits = limits }

    /// The values fed, and sampled ones for the other inputs that the model needs or a shape names.
    ///
    /// A dimension that has a name takes the extent that a shape or a fed value gives to the name, else 1, as one does
    /// that has none.
    ///
    /// *Throws*: every code of `BenchCode`.
    mutating func values(
        completing fed: [String: Value],
        for inputs: [ValueInfo],
        required: Set<String>,
        shapes arguments: [ShapeArgument]
    ) throws(BenchError) -> [String: Value] {
        let shapes = try Self.shapes(arguments, inputs: inputs, fed: fed)
        for input in inputs {
            guard let shape = shapes[input.name] ?? fed[input.name]?.tensor?.shape else { continue }
            try bind(shape, to: input, isChecked: shapes[input.name] != nil)
        }
        var values = fed
        for input in inputs where fed[input.name] == nil {
            guard required.contains(input.name) || shapes[input.name] != nil else { continue }
            values[input.name] = .tensor(
                try locating(.item("input", input.name)) { () throws(BenchError) in
                    try tensor(for: input, shape: shapes[input.name])
                }
            )
        }
        return values
    }

    private static func shapes(
        _ arguments: [ShapeArgument],
        inputs: [ValueInfo],
        fed: [String: Value]
    ) throws(BenchError) -> [String: Shape] {
        var shapes: [String: Shape] = [:]
        let names = inputs.map(\.name)
        for argument in arguments {
            guard names.contains(argument.input) else {
                let known = names.map { "`\($0)`" }.joined(separator: ", ")
                throw BenchError(
                    .unknownInput,
                    "the model has no input `\(argument.input)`, expected \(known.isEmpty ? "none" : known)",
                    hint: suggestion(for: argument.input, among: names).map { "did you mean `\($0)`?" }
                )
            }
            guard fed[argument.input] == nil else {
                throw BenchError(.shape, "input `\(argument.input)` has both `--input` and `--shape`")
            }
            guard shapes.updateValue(argument.shape, forKey: argument.input) == nil else {
                throw BenchError(.shape, "input `\(argument.input)` is given `--shape` twice")
            }
        }
        return shapes
    }

    private mutating func bind(_ shape: Shape, to input: ValueInfo, isChecked: Bool) throws(BenchError) {
        guard case .tensor(_, let declared?)? = input.type else { return }
        var fits = declared.count == shape.rank
        for (dimension, extent) in zip(declared, shape.dimensions) where fits {
            switch dimension {
            case .fixed(let expected): fits = expected == extent
            case .symbol(let name):
                fits = symbols[name, default: extent] == extent
                symbols[name] = symbols[name] ?? extent
            case .unknown: break
            }
        }
        guard isChecked, !fits else { return }
        let expected = "[" + declared.map(\.description).joined(separator: ", ") + "]"
        throw BenchError(.shape, at: .item("input", input.name), "shape is \(shape), expected \(expected)")
    }

    private mutating func tensor(for input: ValueInfo, shape given: Shape?) throws(BenchError) -> Tensor {
        guard case .tensor(let elementType?, let declared)? = input.type else {
            throw unsupported(input.type?.description ?? "unknown")
        }
        guard let shape = given ?? declared.flatMap({ Shape($0.map(extent)) }) else {
            throw BenchError(
                .shape,
                "the model does not declare the number of dimensions",
                hint: "give one with `--shape \(input.name)=1x3x224x224`"
            )
        }
        guard let byteCount = elementType.byteCount(of: shape.elementCount) else { throw unsupported(elementType.name) }
        guard byteCount <= limits.tensorByteCount else {
            throw BenchError(
                .limit,
                "`\(elementType.name)` \(shape) takes \(byteCount) bytes, more than the limit of "
                    + "\(limits.tensorByteCount) for a tensor",
                hint: "raise it with `--max-memory`"
            )
        }
        let sample: Tensor?
        do {
            sample = try sampled(elementType, shape)
        } catch {
            throw BenchError(.limit, error.message)
        }
        guard let sample else { throw unsupported(elementType.name) }
        return sample
    }

    private func extent(_ dimension: Dimension) -> Int {
        switch dimension {
        case .fixed(let extent): extent
        case .symbol(let name): symbols[name, default: 1]
        case .unknown: 1
        }
    }

    private func unsupported(_ type: String) -> BenchError {
        BenchError(
            .unsupportedInput,
            "values of type `\(type)` are not drawn at random",
            hint: "give a file with `--input`"
        )
    }

    private mutating func sampled(_ elementType: ElementType, _ shape: Shape) throws(TensorError) -> Tensor? {
        switch elementType {
        case .float: try filled(shape) { Self.fraction($0) }
        case .double: try filled(shape) { Double(Self.fraction($0)) }
        case .float16: try filled(shape) { Float16($0 >> 53) * 0x1p-11 }
        case .bfloat16: try filled(shape) { BFloat16(Float($0 >> 56) * 0x1p-8) }
        case .int8: try filled(shape) { Int8(truncatingIfNeeded: $0 >> 56) }
        case .uint8: try filled(shape) { UInt8($0 >> 56) }
        case .int16: try filled(shape) { Int16($0 >> 63) }
        case .uint16: try filled(shape) { UInt16($0 >> 63) }
        case .int32: try filled(shape) { Int32($0 >> 63) }
        case .uint32: try filled(shape) { UInt32($0 >> 63) }
        case .int64: try filled(shape) { Int64($0 >> 63) }
        case .uint64: try filled(shape) { $0 >> 63 }
        case .bool: try filled(shape) { $0 >> 63 == 1 }
        default: nil
        }
    }

    private static func fraction(_ bits: UInt64) -> Float { Float(bits >> 40) * 0x1p-24 }

    private mutating func filled<Element: TensorElement>(
        _ shape: Shape,
        _ element: (UInt64) -> Element
    ) throws(TensorError) -> Tensor {
        try Tensor(of: Element.self, shape: shape, zeroed: false) { target throws(TensorError) in
            for index in target.indices { target.initializeElement(at: index, to: element(nextBits())) }
        }
    }

    /// The next 64 bits of SplitMix64.
    private mutating func nextBits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
