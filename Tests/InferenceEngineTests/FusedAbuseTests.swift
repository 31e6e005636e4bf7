import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A node of `com.microsoft` that asks for something wrong or for too much, and what it is told.
private struct Abuse: Sendable, CustomTestStringConvertible {
    let opType: String
    var attributes: [Attribute] = []
    let inputs: [@Sendable () throws -> Tensor?]
    let error: String

    init(
        _ opType: String,
        _ attributes: KeyValuePairs<String, AttributeValue> = [:],
        _ inputs: [@Sendable () throws -> Tensor?],
        _ error: String
    ) {
        self.opType = opType
        self.attributes = attributes.map { Attribute($0.key, $0.value) }
        self.inputs = inputs
        self.error = error
    }

    var testDescription: String { "\(opType): \(error)" }
}

/// Ones of a shape.
private func real(_ extents: Int...) -> @Sendable () throws -> Tensor? {
    { try floats([Float](repeating: 1, count: extents.reduce(1, *)), extents) }
}

/// Ones of a shape, quantised.
private func byte(_ extents: Int...) -> @Sendable () throws -> Tensor? {
    { try Tensor([UInt8](repeating: 1, count: extents.reduce(1, *)), shape: Shape(extents)) }
}

private func integers(_ elements: Int64...) -> @Sendable () throws -> Tensor? { { try ints(elements) } }

private func characters(_ elements: [Int32], _ extents: Int...) -> @Sendable () throws -> Tensor? {
    { try Tensor(elements, shape: Shape(extents)) }
}

private let none: @Sendable () throws -> Tensor? = { nil }
private let scale = real()
private let zero = byte()

private let abuses: [Abuse] = [
    Abuse(
        "FusedConv",
        ["activation": .string("Nonsense")],
        [real(1, 1, 3, 3), real(1, 1, 3, 3)],
        """
        attribute `activation` is `Nonsense`, expected one of `Celu`, `Clip`, `Elu`, `HardSigmoid`, `HardSwish`, \
        `LeakyRelu`, `ParametricSoftplus`, `Relu`, `ScaledTanh`, `Selu`, `Sigmoid`, `Softplus`, `Softsign`, `Tanh`, \
        `ThresholdedRelu`
        """
    ),
    Abuse(
        "FusedConv",
        ["activation": .string("Clip"), "activation_params": .floats([1])],
        [real(1, 1, 3, 3), real(1, 1, 3, 3)],
        "parameter `max` of activation `Clip` is missing"
    ),
    Abuse(
        "FusedGemm",
        ["activation": .string("Elu")],
        [real(1, 1), real(1, 1)],
        "parameter `alpha` of activation `Elu` is missing"
    ),
    Abuse(
        "FusedConv",
        [:],
        [real(1, 1, 3, 3), real(1, 1, 3, 3), none, real(1, 1, 3, 3)],
        "`Z` has shape [1, 1, 3, 3], expected [1, 1, 1, 1] as the result"
    ),
    Abuse(
        "FusedMatMul",
        ["transA": .int(1)],
        [real(2, 3), real(3, 4)],
        "inner dimensions differ, lhs [3, 2], rhs [3, 4]"
    ),
    Abuse(
        "QGemm",
        [:],
        [byte(2, 3, 1), scale, zero, byte(3, 4), scale, zero],
        "an operand has shape [2, 3, 1], expected a matrix"
    ),
    Abuse(
        "QGemm",
        [:],
        [byte(2, 3), scale, zero, byte(3, 4), real(3), byte(4), none, scale, zero],
        "a scale or zero point has shape [3], expected a scalar or [4] for axis 1"
    ),
    Abuse(
        "QGemm",
        [:],
        [byte(2, 3), scale, zero, byte(3, 4), scale, zero, none, scale],
        "inputs 7 and 8 belong together, expected both or none"
    ),
    Abuse(
        "QLinearAdd",
        [:],
        [byte(2, 3), scale, zero, byte(2), scale, zero, scale, zero],
        "shapes [2, 3] and [2] do not broadcast"
    ),
    Abuse(
        "QLinearAdd",
        [:],
        [byte(2, 3), real(3), zero, byte(3), scale, zero, scale, zero],
        "input 1 has shape [3], expected a scalar"
    ),
    Abuse(
        "QLinearMul",
        [:],
        [byte(1 << 12, 1), scale, zero, byte(1 << 20), scale, zero, scale, zero],
        "a tensor `uint8` [4096, 1048576] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        "QLinearMul",
        [:],
        [real(2), scale, zero, real(2), scale, zero, scale, zero],
        "elements have type `float`, expected int8 or uint8"
    ),
    Abuse(
        "QLinearConcat",
        ["axis": .int(2)],
        [scale, zero, byte(2, 3), scale, zero],
        "axis 2 is out of range, expected -2 to 1 for rank 2"
    ),
    Abuse(
        "QLinearConcat",
        ["axis": .int(0)],
        [scale, zero, byte(2, 3), scale],
        "there are 4 inputs, expected 2 and three for each tensor"
    ),
    Abuse(
        "QLinearSoftmax",
        ["opset": .int(13), "axis": .int(.min)],
        [byte(2, 3), scale, zero, scale, zero],
        "axis -9223372036854775808 is out of range, expected -2 to 1 for rank 2"
    ),
    Abuse(
        "QLinearSoftmax",
        [:],
        [byte(2, 3), scale, zero, scale, zero],
        "attribute `opset` is missing"
    ),
    Abuse(
        "QLinearAveragePool",
        ["kernel_shape": .ints([2, 2]), "channels_last": .int(1)],
        [byte(1, 1, 4, 4), scale, zero, scale, zero],
        "a window of 2 does not fit axis 2 of 1 with pads 0 and 0"
    ),
    Abuse(
        "QLinearAveragePool",
        ["kernel_shape": .ints([2, 2]), "pads": .ints([-1, 0, 0, 0])],
        [byte(1, 1, 4, 4), scale, zero, scale, zero],
        "attribute `pads` is [-1, 0, 0, 0], expected numbers from 0"
    ),
    Abuse(
        "QLinearGlobalAveragePool",
        [:],
        [byte(2, 3), scale, zero, scale, zero],
        "input has shape [2, 3], expected at least 3 axes"
    ),
    Abuse(
        "QLinearConv",
        ["group": .int(3), "channels_last": .int(1)],
        [byte(1, 4, 4, 4), scale, zero, byte(2, 2, 1, 1), scale, zero, scale, zero],
        "input [1, 4, 4, 4] and filters [2, 2, 1, 1] do not fit with 3 groups"
    ),
    Abuse(
        "NhwcMaxPool",
        ["kernel_shape": .ints([2, 2])],
        [byte(1, 4, 4)],
        "attribute `kernel_shape` has 2 elements, expected 1"
    ),
    Abuse(
        "ExpandDims",
        [:],
        [real(2, 3), integers(3)],
        "axis 3 is out of range, expected -3 to 2 for rank 3"
    ),
    Abuse(
        "ExpandDims",
        [:],
        [real(2, 3), integers(0, 1)],
        "there are 2 axes, expected one"
    ),
    Abuse(
        "Inverse",
        [:],
        [real(2, 3)],
        "input has shape [2, 3], expected square matrices"
    ),
    Abuse(
        "Inverse",
        [:],
        [real(2, 2)],
        "matrix 0 of the input has no inverse"
    ),
    Abuse(
        "CDist",
        [:],
        [real(2, 3), real(2, 4)],
        "the operands have shapes [2, 3] and [2, 4], expected matrices with rows of one length"
    ),
    Abuse(
        "CDist",
        [:],
        [real(1 << 15, 0), real(1 << 15, 0)],
        "a tensor `float` [32768, 32768] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        "ConvTransposeWithDynamicPads",
        [:],
        [real(1, 1, 3, 3), real(1, 1, 2, 2), integers(0, 0, -1, 0)],
        "attribute `pads` is [0, 0, -1, 0], expected numbers from 0"
    ),
    Abuse(
        "ConvTransposeWithDynamicPads",
        [:],
        [real(1, 1, 3, 3), real(1, 1, 2, 2), integers(0, 0)],
        "attribute `pads` has 2 elements, expected 4"
    ),
    Abuse(
        "MaxpoolWithMask",
        ["kernel_shape": .ints([2, 2])],
        [real(1, 1, 3, 3), characters([1, 1, 1], 1, 1, 1, 3)],
        "the mask has shape [1, 1, 1, 3], which does not fit [1, 1, 3, 3]"
    ),
    Abuse(
        "Unique",
        [:],
        [real(2, 3)],
        "input has shape [2, 3], expected a vector"
    ),
    Abuse(
        "WordConvEmbedding",
        [:],
        [characters([1, 9], 1, 2), real(2, 1, 2, 4), real(2), real(5, 4)],
        "character 9 is out of range, expected 0 to 4"
    ),
    Abuse(
        "WordConvEmbedding",
        [:],
        [characters([1], 1, 1), real(2, 1, 2, 4), real(2), real(5, 4)],
        "words [1, 1], filters [2, 1, 2, 4], bias [2] and embeddings [5, 4] do not fit"
    ),
    Abuse(
        "WordConvEmbedding",
        ["embedding_size": .int(7)],
        [characters([1, 2], 1, 2), real(2, 1, 2, 4), real(2), real(5, 4)],
        "attribute `embedding_size` is 7, expected 2 as the inputs have it"
    ),
]

@Suite struct FusedAbuseTests {
    @Test(arguments: abuses)
    private func `what a fused or quantised node asks wrongly is an error at the node`(abuse: Abuse) throws {
        let tester = OperatorTester(abuse.opType, domain: .microsoft, opset: 1, abuse.attributes)
        let error = tester.error(try abuse.inputs.map { try $0() })
        #expect(error == "node `n` (com.microsoft.\(abuse.opType), opset 1): \(abuse.error)")
    }
}
