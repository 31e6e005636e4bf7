import OnnxIR
import Tensors

/// How `GridSample` finds the elements behind a place of its grid.
struct GridSampling: Sendable {
    private enum Mode: String, CaseIterable, Sendable {
        case linear
        case nearest
        case cubic
        case bilinear
        case bicubic
    }

    private enum Padding: String, CaseIterable, Sendable {
        case zeros
        case border
        case reflection
    }

    private let mode: Mode
    private let padding: Padding
    private let alignsCorners: Bool

    init(_ node: NodeContext) throws(EngineError) {
        mode = try node.choice("mode", default: .linear)
        padding = try node.choice("padding_mode", default: .zeros)
        alignsCorners = try node.bool("align_corners", default: false)
    }

    var isNearest: Bool { mode == .nearest }
    private var isCubic: Bool { mode == .cubic || mode == .bicubic }

    /// Where an axis begins and ends, in places of its elements.
    private func ends<Element: RealElement>(_ extent: Int) -> (lower: Element, upper: Element) {
        alignsCorners ? (0, Element(extent) - 1) : (-0.5, Element(extent) - 0.5)
    }

    /// The place along an axis, in elements, of a coordinate of the grid; -1 and 1 are the ends of the axis.
    ///
    /// NUMERICS: in the type of the grid, as elsewhere, for what lies halfway between two elements depends on rounding.
    private func place<Element: RealElement>(_ coordinate: Element, _ extent: Int) -> Element {
        var place =
            alignsCorners
            ? (coordinate + 1) / 2 * (Element(extent) - 1) : ((coordinate + 1) * Element(extent) - 1) / 2
        if isNearest { place.round(.toNearestOrEven) }
        let (lower, upper): (Element, Element) = ends(extent)
        guard place < lower || place > upper else { return place }
        switch padding {
        case .zeros: return place
        // SPEC: the text leaves open what of a cubic polynomial lies at the border; its elements do, as in PyTorch.
        case .border: return isCubic ? place : min(max(place, 0), Element(extent) - 1)
        case .reflection: return Self.reflected(place, lower, upper)
        }
    }

    private static func reflected<Element: RealElement>(_ place: Element, _ lower: Element, _ upper: Element) -> Element
    {
        let length = upper - lower
        guard length > 0 else { return lower }
        let distance = (place < lower ? lower - place : place - upper).truncatingRemainder(dividingBy: 2 * length)
        let isTurned = distance > length
        let rest = isTurned ? distance - length : distance
        return (place < lower) != isTurned ? lower + rest : upper - rest
    }

    /// The element that an index stands for; `nil` for zero.
    private func index(_ index: Int, _ extent: Int) -> Int? {
        if index >= 0, index < extent { return index }
        switch padding {
        case .zeros: return nil
        case .border: return min(max(index, 0), extent - 1)
        case .reflection:
            let period = alignsCorners ? 2 &* (extent &- 1) : 2 &* extent
            guard period > 0 else { return 0 }
            let place = ((index % period) + period) % period
            guard place >= extent else { return place }
            return period - place - (alignsCorners ? 0 : 1)
        }
    }

    /// Collects what a place of the grid is made of, in a plane of these extents.
    ///
    /// The coordinates run from the innermost axis to the outermost.
    func collect<Element: RealElement>(
        _ taps: inout SamplingTaps,
        _ coordinates: UnsafePointer<Element>,
        _ extents: [Int]
    ) {
        taps.start()
        for (axis, extent) in extents.enumerated() {
            let place = Double(place(coordinates[extents.count - 1 - axis], extent))
            let floor = place.rounded(.down)
            let (base, fraction) = (Int(saturating: floor), place - floor)
            switch mode {
            case .nearest: taps.cross(extent: extent, first: base, [1]) { index($0, extent) }
            case .linear, .bilinear:
                taps.cross(extent: extent, first: base, [1 - fraction, fraction]) { index($0, extent) }
            case .cubic, .bicubic:
                let weights = [1 + fraction, fraction, 1 - fraction, 2 - fraction].map {
                    cubicConvolution($0, factor: -0.75)
                }
                taps.cross(extent: extent, first: base &- 1, weights) { index($0, extent) }
            }
        }
    }
}
