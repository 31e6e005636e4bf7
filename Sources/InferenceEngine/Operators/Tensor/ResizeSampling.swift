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
    let excludesOutside: Bool
    /// Whether elements that become smaller are made of all that they cover.
    let antialiases: Bool

    /// Before opset 11 coordinates were always asymmetric, and rounded down.
    init(_ node: NodeContext, isOld: Bool) throws(EngineError) {
        mode = try node.choice("mode", default: .nearest)
        coordinates = isOld ? .asymmetric : try node.choice("coordinate_transformation_mode", default: .halfPixel)
        rounding = isOld ? .floor : try node.choice("nearest_mode", default: .preferFloor)
        cubicFactor = Double(try node.float("cubic_coeff_a", default: -0.75))
        excludesOutside = try node.bool("exclude_outside", default: false)
        antialiases = try node.bool("antialias", default: false)
    }

    var isNearest: Bool { mode == .nearest }
    var isCubic: Bool { mode == .cubic }
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
            let adjustment = Double(resized) / after
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

    /// The factor that the distances of elements shrink by before they are weighed.
    private func shrinkage(_ scale: Double) -> Double { antialiases ? min(scale, 1) : 1 }

    /// The first element that counts, from the one at or below a coordinate.
    private func first(_ scale: Double) -> Int {
        Int(saturating: (-(mode == .cubic ? 2 : 1) / shrinkage(scale)).rounded(.down)) + 1
    }

    /// How many elements a coordinate is made of.
    func tapCount(_ scale: Double) -> Int { 2 &- 2 &* first(scale) }

    /// The elements that a coordinate is made of, each inside of the axis.
    func weights(at place: Double, length: Int, scale: Double) -> [(index: Int, weight: Double)] {
        let place = min(max(place, -Double(length) - 4), 2 * Double(length) + 4)
        let floor = place.rounded(.down)
        let base = Int(saturating: floor)
        let shrinkage = shrinkage(scale)
        var taps: [(index: Int, weight: Double)] = []
        for step in first(scale)..<(2 - first(scale)) {
            let distance = (Double(step) - (place - floor)) * shrinkage
            let weight =
                mode == .cubic ? cubicConvolution(distance, factor: cubicFactor) : max(0, 1 - distance.magnitude)
            let index = base + step
            let isOutside = index < 0 || index >= length
            taps.append((min(max(index, 0), length - 1), isOutside && excludesOutside ? 0 : weight))
        }
        let sum = taps.reduce(0) { $0 + $1.weight }
        guard excludesOutside || antialiases, sum != 0 else { return taps }
        return taps.map { ($0.index, $0.weight / sum) }
    }
}
