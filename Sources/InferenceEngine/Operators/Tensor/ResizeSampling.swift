import OnnxIR
import Tensors

/// How `Resize` finds and weighs the elements behind a coordinate.
struct ResizeSampling: Sendable {
    private enum Mode: String, CaseIterable, Sendable {
        case nearest
        case linear
        case cubic
        case bilinear
    }

    private enum Coordinates: String, CaseIterable, Sendable {
        case halfPixel = "half_pixel"
        case halfPixelSymmetric = "half_pixel_symmetric"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
        case tensorflowHalfPixel = "tf_half_pixel_for_nn"
        case tensorflowCrop = "tf_crop_and_resize"
    }

    private enum Rounding: String, CaseIterable, Sendable {
        case preferFloor = "round_prefer_floor"
        case preferCeil = "round_prefer_ceil"
        case floor
        case ceil
    }

    private let mode: Mode
    private let coordinates: Coordinates
    private let rounding: Rounding
    private let cubicFactor: Double
    private let excludesOutside: Bool

    /// Before opset 11 coordinates were always asymmetric, and rounded down.
    init(_ node: NodeContext, isOld: Bool) throws(EngineError) {
        mode = try node.choice("mode", default: .nearest)
        coordinates = isOld ? .asymmetric : try node.choice("coordinate_transformation_mode", default: .halfPixel)
        rounding = isOld ? .floor : try node.choice("nearest_mode", default: .preferFloor)
        cubicFactor = Double(try node.float("cubic_coeff_a", default: -0.75))
        excludesOutside = try node.bool("exclude_outside", default: false)
    }

    var isNearest: Bool { mode == .nearest }
    var usesRegion: Bool { coordinates == .tensorflowCrop }

    /// The coordinate in the input of an index of the output.
    func place(_ index: Int, length: Int, resized: Int, scale: Double, region: (Double, Double)) -> Double {
        let x = Double(index)
        // SPEC: the reference implementation does not round the length that scales ask for here.
        let (before, after) = (Double(length), scale * Double(length))
        switch coordinates {
        case .halfPixel: return (x + 0.5) / scale - 0.5
        case .pytorchHalfPixel: return resized > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .alignCorners: return after != 1 ? x * (before - 1) / (after - 1) : 0
        case .asymmetric: return x / scale
        case .tensorflowHalfPixel: return (x + 0.5) / scale
        case .halfPixelSymmetric:
            let adjustment = after / (scale * before)
            return before / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
        case .tensorflowCrop:
            guard after != 1 else { return 0.5 * (region.0 + region.1) * (before - 1) }
            return region.0 * (before - 1) + x * (region.1 - region.0) * (before - 1) / (after - 1)
        }
    }

    func nearest(_ place: Double) -> Int {
        switch rounding {
        case .floor: Int(saturating: place.rounded(.down))
        case .ceil: Int(saturating: place.rounded(.up))
        case .preferFloor: Int(saturating: (place - 0.5).rounded(.up))
        case .preferCeil: Int(saturating: (place + 0.5).rounded(.down))
        }
    }

    /// The elements that a coordinate is made of, each inside of the axis.
    func weights(at place: Double, length: Int) -> [(index: Int, weight: Double)] {
        let place = min(max(place, -Double(length) - 4), 2 * Double(length) + 4)
        let floor = place.rounded(.down)
        let fraction = place - floor
        let base = Int(saturating: floor)
        let factors = mode == .cubic ? cubic(fraction) : [1 - fraction, fraction]
        let first = mode == .cubic ? base - 1 : base
        var taps: [(index: Int, weight: Double)] = []
        for (step, factor) in factors.enumerated() {
            let index = first + step
            let isOutside = index < 0 || index >= length
            taps.append((min(max(index, 0), length - 1), isOutside && excludesOutside ? 0 : factor))
        }
        let sum = taps.reduce(0) { $0 + $1.weight }
        guard excludesOutside, sum != 0 else { return taps }
        return taps.map { ($0.index, $0.weight / sum) }
    }

    /// SPEC: Keys' cubic convolution with the factor `cubic_coeff_a`.
    private func cubic(_ t: Double) -> [Double] {
        let a = cubicFactor
        return [
            ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a,
            ((a + 2) * t - (a + 3)) * t * t + 1,
            ((a + 2) * (1 - t) - (a + 3)) * (1 - t) * (1 - t) + 1,
            ((a * (2 - t) - 5 * a) * (2 - t) + 8 * a) * (2 - t) - 4 * a,
        ]
    }
}
