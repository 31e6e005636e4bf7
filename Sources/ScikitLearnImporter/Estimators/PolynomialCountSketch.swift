import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// A sketch of the features of a polynomial kernel.
///
/// *Source*: scikit-learn 0.24 to 1.9, `indexHash_`, `bitHash_`, `gamma`, `coef0`: the inverse Fourier transform of the
/// product of the sketches' transforms.
struct PolynomialCountSketch: MatrixTransformer {
    let gamma: Double
    let coefficient: Double
    let componentCount: Int
    /// For each degree, a row for each feature and one for the constant.
    let sketches: [[Double]]

    /// The tables of the Fourier transform grow with the square of the count.
    static let componentLimit = 4096

    static let entry = EstimatorEntry(
        "sklearn.kernel_approximation.PolynomialCountSketch"
    ) { object throws(ModelImportError) in
        .transformer(try PolynomialCountSketch(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        gamma = try object.double("gamma")
        coefficient = try object.double("coef0")
        componentCount = try object.int("n_components")
        let (degrees, width, places) = try object.matrix("indexHash_")
        let signs = try object.matrix("bitHash_", rows: degrees, columns: width)
        let count = componentCount
        guard (1...Self.componentLimit).contains(count),
            places.allSatisfy({ (0..<Double(count)).contains($0) })
        else {
            throw ModelImportError(
                .malformed,
                "`indexHash_` leaves 0..<\(componentCount), expected at most \(Self.componentLimit) components"
            )
        }
        _ = try FilledMatrix.elementCount("the sketches of `indexHash_`", degrees, width, count)
        var sketches: [[Double]] = []
        for degree in 0..<degrees {
            var rows = [Double](repeating: 0, count: width * componentCount)
            for feature in 0..<width {
                let index = degree * width + feature
                rows[feature * componentCount + Int(places[index])] = signs[index]
            }
            sketches.append(rows)
        }
        self.sketches = sketches
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var features = try x * gamma.squareRoot()
        if coefficient != 0 {
            features = .concatenated([features, try x.filled(with: [coefficient.squareRoot()])])
        }
        let count = componentCount
        let angles = (0..<count * count).map {
            2 * Double.pi * Double($0 / count * ($0 % count) % count) / Double(count)
        }
        let cosines = try x.graph.constant(angles.map { cos($0) }, rows: count, name: "cosines")
        let sines = try x.graph.constant(angles.map { sin($0) }, rows: count, name: "sines")
        var product: (real: Matrix, imaginary: Matrix)?
        for sketch in sketches {
            let values = try features.product(sketch, columns: count, "sketch")
            let real = values.product(cosines)
            let imaginary = -values.product(sines)
            product =
                product.map {
                    ($0.real * real - $0.imaginary * imaginary, $0.real * imaginary + $0.imaginary * real)
                } ?? (real, imaginary)
        }
        guard let product else { throw ModelImportError(.malformed, "`indexHash_` is empty, expected a row") }
        let real = product.real.product(cosines)
        let imaginary = product.imaginary.product(sines)
        return try (real - imaginary) / Double(count)
    }
}
