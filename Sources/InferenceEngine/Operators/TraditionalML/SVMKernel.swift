import Diagnostics
import Glibc
import OnnxIR

/// The function by which a support-vector machine compares a sample with a vector.
struct SVMKernel: Sendable {
    private enum Form: String, CaseIterable, Sendable {
        case linear = "LINEAR"
        case polynomial = "POLY"
        case radial = "RBF"
        case sigmoid = "SIGMOID"
    }

    private let form: Form
    private let gamma: Double
    private let offset: Double
    private let degree: Double

    /// The kernel of `kernel_type` and `kernel_params`.
    ///
    /// *Throws*: `attribute`.
    init(_ node: NodeContext) throws(EngineError) {
        form = try node.choice("kernel_type", default: .linear)
        let parameters = try node.floats("kernel_params") ?? []
        guard parameters.isEmpty || parameters.count == 3 else {
            throw EngineError(.attribute, "`kernel_params` has \(parameters.count) elements, expected 0 or 3")
        }
        gamma = Double(parameters.first ?? 0)
        offset = Double(parameters.dropFirst().first ?? 0)
        degree = Double(parameters.last ?? 0)
    }

    func apply(_ sample: ArraySlice<Double>, _ vector: ArraySlice<Float>) -> Double {
        switch form {
        case .linear: return Self.product(sample, vector)
        case .polynomial: return pow(gamma * Self.product(sample, vector) + offset, degree)
        case .sigmoid: return tanh(gamma * Self.product(sample, vector) + offset)
        case .radial:
            let distance = zip(sample, vector).reduce(0) { sum, pair in
                let difference = pair.0 - Double(pair.1)
                return sum + difference * difference
            }
            return exp(-gamma * distance)
        }
    }

    static func product(_ sample: ArraySlice<Double>, _ vector: ArraySlice<Float>) -> Double {
        zip(sample, vector).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
}

/// The vectors of a support-vector machine with their kernel.
struct SupportVectors: Sendable {
    let count: Int
    let featureCount: Int
    private let kernel: SVMKernel
    private let values: [Float]

    /// `count` vectors of the attribute `support_vectors`.
    ///
    /// *Throws*: `attribute` when the vectors are not equally long.
    init(_ node: NodeContext, count: Int) throws(EngineError) {
        values = try node.floats("support_vectors") ?? []
        guard count > 0, !values.isEmpty, values.count % count == 0 else {
            throw EngineError(.attribute, "`support_vectors` has \(values.count) elements, expected \(count) vectors")
        }
        self.count = count
        featureCount = values.count / count
        kernel = try SVMKernel(node)
    }

    /// What the kernel says of a sample and each vector.
    func apply(_ sample: ArraySlice<Double>) -> [Double] {
        (0..<count).map { kernel.apply(sample, values[($0 * featureCount)..<(($0 + 1) * featureCount)]) }
    }
}
