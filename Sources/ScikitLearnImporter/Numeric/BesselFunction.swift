import ModelImport

extension Matrix {
    /// `xᵛ Kᵥ(x)`, with the modified Bessel function of the second kind, of numbers above 1e-16.
    ///
    /// *Source*: DLMF 10.32.9: `Kᵥ(x) = ∫ exp(-x cosh t) cosh(vt) dt` from 0 on.
    /// *Numerics*: the trapezoidal rule, whose error falls with `exp(-π²/step)`, up to where nothing is left.
    func besselProduct(order: Double) throws(ModelImportError) -> Matrix {
        let step = 0.2
        let start = self - self
        let weight = try log() * order
        let sum = try graph.loop([start], atMost: 241) { (turn, state) throws(ModelImportError) in
            let t = try turn.cast(to: .double) * step
            let cosine = try (t.exp() + (-t).exp()) * 0.5
            let base = weight - self * cosine
            let term = try ((base + t * order).exp() + (base - t * order).exp()) * 0.5
            let share = try turn.equal(to: 0).choose(term * 0.5, term)
            return ([state[0] + share], try turn.less(than: 241))
        }[0]
        return try sum * step
    }
}
