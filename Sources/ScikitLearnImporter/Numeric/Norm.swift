import Diagnostics
import ModelFormats
import ModelImport

extension Matrix {
    /// The norms by which `Normalizer` divides rows.
    enum Norm: String {
        case l1
        case l2
        case max
    }

    /// The norm below which scikit-learn leaves a row of a dense matrix as it is; of a sparse one it leaves zeros.
    static let smallestNorm = 10 * Double.ulpOfOne

    /// Rows divided by their norms; rows whose norm is below a limit, or zero, stay.
    func normalised(_ norm: Norm, from limit: Double = smallestNorm) throws(ModelImportError) -> Matrix {
        let norms: Matrix =
            switch norm {
            case .l1: try absolute().sum()
            case .l2: try squared().sum().squareRoot()
            case .max: absolute().reduced("ReduceMax")
            }
        let stays = try limit == 0 ? norms.equal(to: 0) : norms.less(than: limit)
        return try self / stays.choose(1, norms)
    }
}

extension EstimatorObject {
    /// The attribute `norm`; `nil` for `None`.
    func norm() throws(ModelImportError) -> Matrix.Norm? {
        guard let name = value["norm"]?.string else { return nil }
        guard let norm = Matrix.Norm(rawValue: name) else {
            throw ModelImportError(.malformed, "`norm` is `\(name)`, expected `l1`, `l2` or `max`")
        }
        return norm
    }
}
