import OnnxIR
import Tensors

extension NodeExample {
    static let geometry: [String: NodeExample] = [
        "AffineGrid": NodeExample(.floats(2, 2, 3), .vector(2, 1, 3, 4)),
        "BitCast": NodeExample(.floats(2, 3), attributes: ["to": .int(6)]),
        "CenterCropPad": NodeExample(.floats(4, 3), .vector(2, 7)),
        "Col2Im": NodeExample(.floats(1, 8, 9), .vector(4, 4), .vector(2, 2)),
        "DeformConv": NodeExample(
            .floats(1, 4, 4, 5),
            .floats(2, 2, 2, 2),
            .floats(1, 16, 3, 4),
            .floats(2),
            .floats(1, 8, 3, 4),
            attributes: ["group": .int(2), "offset_group": .int(2)]
        ),
        "GridSample": NodeExample(.floats(1, 2, 3, 4), .reals([-1, 0, 0.5, 1, 2, -3], [1, 3, 1, 2])),
        "MaxRoiPool": NodeExample(
            .floats(2, 2, 5, 5),
            .reals([0, 1, 0, 4, 3, 1, 2, 2, 9, 9], [2, 5]),
            attributes: ["pooled_shape": .ints([2, 3])]
        ),
        "MaxUnpool": NodeExample(
            .floats(1, 1, 2, 2),
            .integers([0, 3, 8, 11], [1, 1, 2, 2]),
            .vector(1, 1, 5, 5),
            attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]
        ),
        "NonMaxSuppression": NodeExample(
            .reals([0, 0, 1, 1, 0, 0, 1, 2, 5, 5, 6, 6], [1, 3, 4]),
            .reals([0.5, 0.9, 0.9, 0.1, 0.2, 0.3], [1, 2, 3]),
            .vector(2),
            .reals([0.4]),
            .reals([0.2])
        ),
        "RoiAlign": NodeExample(
            .floats(2, 2, 5, 5),
            .reals([1, 0, 4, 3, 2, 2, 9, 9], [2, 4]),
            .vector(0, 1),
            attributes: ["output_height": .int(2), "output_width": .int(3)]
        ),
    ]
}
