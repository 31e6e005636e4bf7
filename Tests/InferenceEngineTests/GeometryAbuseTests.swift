import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// A node of the operators of images, signals and random numbers that asks for something wrong or for too much.
private struct Abuse: Sendable, CustomTestStringConvertible {
    let opType: String
    var domain = OperatorDomain.onnx
    var opset: Int64 = 22
    var attributes: [Attribute] = []
    var inputs: [@Sendable () throws -> Tensor?] = []
    let error: String

    var testDescription: String { "\(opType): \(error)" }
}

/// Zeros of a shape.
private func grid(_ extents: Int...) -> @Sendable () throws -> Tensor? {
    { try floats([Float](repeating: 0, count: extents.reduce(1, *)), extents) }
}

private func reals(_ elements: Float..., shape: [Int]? = nil) -> @Sendable () throws -> Tensor? {
    { try floats(elements, shape) }
}

private func integers(_ elements: Int64..., shape: [Int]? = nil) -> @Sendable () throws -> Tensor? {
    { try ints(elements, shape) }
}

private func texts(_ elements: String..., shape: [Int]) -> @Sendable () throws -> Tensor? {
    { try Tensor(strings: elements, shape: Shape(shape) ?? .scalar) }
}

private let nothing: @Sendable () throws -> Tensor? = { nil }

private let sampling: [Abuse] = [
    Abuse(
        opType: "GridSample",
        inputs: [grid(1, 1, 2, 2), grid(1, 2, 2, 3)],
        error: "grid has shape [1, 2, 2, 3], which does not fit [1, 1, 2, 2]"
    ),
    Abuse(
        opType: "GridSample",
        inputs: [grid(1, 1, 0, 2), grid(1, 2, 2, 2)],
        error: "input has shape [1, 1, 0, 2], expected elements to sample"
    ),
    Abuse(
        opType: "GridSample",
        inputs: [texts("a", shape: [1, 1, 1, 1]), grid(1, 1, 1, 2)],
        error: "attribute `mode` interpolates, expected `nearest` for text"
    ),
    Abuse(
        opType: "AffineGrid",
        inputs: [grid(1, 2, 3), integers(1, 1, -2, 2)],
        error: "dimension -2 of the output is negative"
    ),
    Abuse(
        opType: "AffineGrid",
        inputs: [grid(1, 2, 3), integers(1, 1, 1 << 40, 2)],
        error: "a tensor `double` [1, 1099511627776, 2, 2] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "CenterCropPad",
        attributes: [Attribute("axes", .ints([0, -2]))],
        inputs: [grid(2, 2), integers(1, 1)],
        error: "axis 0 stands twice in [0, -2]"
    ),
    Abuse(
        opType: "CenterCropPad",
        inputs: [grid(2, 2), integers(1 << 40, 1)],
        error: "a tensor `float` [1099511627776, 1] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "BitCast",
        opset: 26,
        attributes: [Attribute("to", .int(11))],
        inputs: [grid(2)],
        error: "attribute `to` is `double`, expected a type as wide as `float`"
    ),
    Abuse(
        opType: "DeformConv",
        inputs: [grid(1, 1, 3, 3), grid(1, 1, 2, 2), grid(1, 8, 2, 3)],
        error: "input 2 has shape [1, 8, 2, 3], expected [1, 8, 2, 2]"
    ),
    Abuse(
        opType: "DeformConv",
        attributes: [Attribute("offset_group", .int(1 << 24))],
        inputs: [grid(1, 1, 3, 3), grid(1, 1, 2, 2), grid(1, 8, 2, 2)],
        error: "1 channels do not fit 16777216 groups of offsets"
    ),
    Abuse(
        opType: "Resize",
        opset: 19,
        attributes: [Attribute("mode", .string("linear"))],
        inputs: [texts("a", "b", shape: [2]), nothing, reals(2)],
        error: "attribute `mode` interpolates, expected `nearest` for text"
    ),
]

private let regions: [Abuse] = [
    Abuse(
        opType: "RoiAlign",
        inputs: [grid(1, 1, 4, 4), reals(0, 0, 1, 1, shape: [1, 4]), integers(1)],
        error: "image 1 is out of range, expected 0 to 0"
    ),
    Abuse(
        opType: "RoiAlign",
        inputs: [grid(1, 1, 4, 4), reals(0, 0, 1, 1e30, shape: [1, 4]), integers(0)],
        error:
            "a region from 0.0 to 1e+30 has 9223372036854775807 samples along a cell, more than the limit of 4096"
    ),
    Abuse(
        opType: "RoiAlign",
        attributes: [Attribute("output_width", .int(.max))],
        inputs: [grid(1, 1, 4, 4), reals(0, 0, 1, 1, shape: [1, 4]), integers(0)],
        error: "attribute `output_width` is 9223372036854775807, expected 1 to 16777216"
    ),
    Abuse(
        opType: "MaxRoiPool",
        attributes: [Attribute("pooled_shape", .ints([1, 1]))],
        inputs: [grid(1, 1, 4, 4), reals(.infinity, 0, 0, 1, 1, shape: [1, 5])],
        error: "image 9223372036854775807 is out of range, expected 0 to 0"
    ),
    Abuse(
        opType: "MaxRoiPool",
        attributes: [Attribute("pooled_shape", .ints([1 << 24, 1 << 24]))],
        inputs: [grid(1, 1, 4, 4), grid(1, 5)],
        error: "a tensor `float` [1, 1, 16777216, 16777216] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "NonMaxSuppression",
        inputs: [grid(1, 3, 4), grid(1, 1, 2), integers(1)],
        error: "boxes have shape [1, 3, 4], which does not fit scores of [1, 1, 2]"
    ),
    Abuse(
        opType: "MaxUnpool",
        attributes: [Attribute("kernel_shape", .ints([2]))],
        inputs: [grid(1, 1, 2), integers(0, 3, shape: [1, 1, 2])],
        error: "index 3 is out of range, expected 0 to 2"
    ),
    Abuse(
        opType: "MaxUnpool",
        attributes: [Attribute("kernel_shape", .ints([1 << 31])), Attribute("strides", .ints([1 << 31]))],
        inputs: [grid(1, 1, 2), integers(0, 1, shape: [1, 1, 2])],
        error: "a tensor `float` [1, 1, 4294967296] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "MaxUnpool",
        attributes: [Attribute("kernel_shape", .ints([2]))],
        inputs: [grid(1, 1, 2), integers(0, 1, shape: [1, 1, 2]), integers(1, 1, 2)],
        error: "the shape of the output is [1, 1, 2], expected at least [1, 1, 3]"
    ),
    Abuse(
        opType: "Col2Im",
        inputs: [grid(1, 4, 3), integers(3, 3), integers(2, 2)],
        error: "input has shape [1, 4, 3], expected a multiple of 4 rows and 4 blocks"
    ),
    Abuse(
        opType: "Col2Im",
        inputs: [grid(1, 4, 3), integers(1 << 40, 1 << 40), integers(1, 1)],
        error: "the window has [1099511627776, 1099511627776] places, more than the limit of 4294967296"
    ),
    Abuse(
        opType: "Col2Im",
        inputs: [
            texts("a", "b", "c", "d", shape: [1, 2, 2]), integers(3), integers(2),
        ],
        error: "blocks of text overlap, expected ones that lie apart"
    ),
]

private let signals: [Abuse] = [
    Abuse(
        opType: "DFT",
        inputs: [grid(2, 3, 1), integers(1 << 40)],
        error: "a tensor `double` [1099511627776, 32] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "DFT",
        inputs: [grid(2, 3, 1), integers(0)],
        error: "the length of the transform is 0, expected 1 or more"
    ),
    Abuse(
        opType: "DFT",
        attributes: [Attribute("onesided", .int(1)), Attribute("inverse", .int(1))],
        inputs: [grid(2, 1, 2)],
        error: "the length of the transform is 0, expected 1 or more"
    ),
    Abuse(
        opType: "DFT",
        inputs: [grid(2, 3, 1), nothing, integers(-1)],
        error: "axis -1 has the parts of the numbers, expected another"
    ),
    Abuse(
        opType: "DFT",
        attributes: [Attribute("onesided", .int(1))],
        inputs: [grid(2, 3, 2)],
        error: "input has shape [2, 3, 2], expected a real signal for half a spectrum"
    ),
    Abuse(
        opType: "STFT",
        inputs: [grid(1, 4, 1), integers(0)],
        error: "the step from frame to frame is missing or below 1, expected 1 or more"
    ),
    Abuse(
        opType: "STFT",
        inputs: [grid(1, 4, 1), integers(1), nothing, integers(5)],
        error: "the signal has 4 samples, expected at least a frame of 5"
    ),
    Abuse(
        opType: "STFT",
        inputs: [grid(1, 4, 1), integers(1), grid(3), integers(2)],
        error: "the window has shape [3], expected [2]"
    ),
    Abuse(
        opType: "HannWindow",
        inputs: [integers(-1)],
        error: "dimension -1 of the output is negative"
    ),
    Abuse(
        opType: "HannWindow",
        inputs: [integers(.max)],
        error: "a tensor `double` [9223372036854775807] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "MelWeightMatrix",
        inputs: [integers(1 << 40), integers(1 << 40), integers(1), reals(0), reals(1)],
        error: "the output has more elements than fit an `Int`"
    ),
    Abuse(
        opType: "MelWeightMatrix",
        inputs: [integers(4), integers(16), integers(8192), reals(100), reals(50)],
        error: "the edges are missing or not ascending, expected two frequencies from 0"
    ),
    Abuse(
        opType: "Det",
        inputs: [grid(2, 3)],
        error: "input has shape [2, 3], expected square matrices"
    ),
    Abuse(
        opType: "RandomNormal",
        attributes: [Attribute("shape", .ints([1 << 40]))],
        error: "a tensor `float` [1099511627776] is larger than the limit of 2147483648 bytes"
    ),
    Abuse(
        opType: "RandomUniformLike",
        inputs: [integers(1)],
        error: "attribute `dtype` is `int64`, expected a floating-point type"
    ),
    Abuse(
        opType: "Multinomial",
        inputs: [reals(.nan, 1, shape: [1, 2])],
        error: "the classes have no probabilities, expected at least one class that can be drawn"
    ),
    Abuse(
        opType: "Dropout",
        inputs: [grid(2), reals(1), { try Tensor([true], shape: .scalar) }],
        error: "the ratio is 1.0, expected one from 0 to less than 1"
    ),
    Abuse(
        opType: "Adam",
        domain: .onnxPreviewTraining,
        opset: 1,
        inputs: [reals(0.1), integers(1), grid(2), grid(2), grid(2)],
        error: "there are 5 inputs, expected 2 and 4 for each tensor"
    ),
    Abuse(
        opType: "Adagrad",
        domain: .onnxPreviewTraining,
        opset: 1,
        inputs: [reals(0.1), integers(1), grid(2), grid(3), grid(2)],
        error: "a gradient or a state has shape [3], expected [2]"
    ),
]

@Suite struct GeometryAbuseTests {
    @Test(arguments: sampling + regions + signals)
    private func `what a node asks wrongly is an error at the node`(abuse: Abuse) throws {
        let tester = OperatorTester(abuse.opType, domain: abuse.domain, opset: abuse.opset, abuse.attributes)
        let error = tester.error(try abuse.inputs.map { try $0() })
        let name = abuse.domain == .onnx ? abuse.opType : "\(abuse.domain).\(abuse.opType)"
        #expect(error == "node `n` (\(name), opset \(abuse.opset)): \(abuse.error)")
    }
}
