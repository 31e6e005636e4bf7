import Diagnostics
import OnnxIR
import Tensors

/// The floating-point type in which an attention turns scores into probabilities.
enum SoftmaxPrecision: Sendable {
    case float
    case double
    case float16
    case bfloat16

    /// The type of the attribute `softmax_precision`; `nil` when it is not given.
    ///
    /// *Throws*: `attribute` for another type than these.
    init?(_ node: NodeContext) throws(EngineError) {
        switch try node.elementType("softmax_precision") {
        case nil: return nil
        case .float: self = .float
        case .double: self = .double
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case let type?:
            throw .attribute(
                "softmax_precision",
                "`\(type.name)`",
                expected: "a floating-point type of 16 bits or more"
            )
        }
    }

    var elementType: ElementType {
        switch self {
        case .float: .float
        case .double: .double
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }

    /// Turns a row of scores into probabilities; one that holds nothing but minus infinity becomes zeros.
    ///
    /// *Numerics*: half precisions round scores and probabilities, and compute in `float` between.
    static func normalize<Element: RealElement>(
        _ row: UnsafeMutablePointer<Element>,
        count: Int,
        in precision: SoftmaxPrecision?
    ) {
        switch precision {
        case nil: normalize(row, count, Element.self)
        case .float: normalize(row, count, Float.self)
        case .double: normalize(row, count, Double.self)
        case .float16: normalize(row, count) { Float(Float16($0)) }
        case .bfloat16: normalize(row, count) { Float(BFloat16($0)) }
        }
    }

    private static func normalize<Element: RealElement>(
        _ row: UnsafeMutablePointer<Element>,
        _ count: Int,
        _ rounded: (Float) -> Float
    ) {
        for index in 0..<count { row[index] = Element(rounded(Float(row[index]))) }
        normalize(row, count, Float.self)
        for index in 0..<count { row[index] = Element(rounded(Float(row[index]))) }
    }

    private static func normalize<Element: RealElement, Work: RealElement>(
        _ row: UnsafeMutablePointer<Element>,
        _ count: Int,
        _ type: Work.Type
    ) {
        var largest = -Work.infinity
        for index in 0..<count {
            let score = Work(row[index])
            if score > largest || score.isNaN { largest = score }
        }
        guard largest != -.infinity else {
            row.update(repeating: 0, count: count)
            return
        }
        var sum: Work = 0
        for index in 0..<count {
            let power = Work.exp(Work(row[index]) - largest)
            row[index] = Element(power)
            sum += power
        }
        for index in 0..<count { row[index] = Element(Work(row[index]) / sum) }
    }
}
