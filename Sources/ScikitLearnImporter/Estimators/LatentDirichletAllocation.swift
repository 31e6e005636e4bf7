import Diagnostics
import ModelFormats
import ModelImport

/// The topics of documents, by variational inference that ends for each document by itself.
///
/// *Source*: scikit-learn 0.24 to 1.9, `exp_dirichlet_component_`, `doc_topic_prior_`, `max_doc_update_iter`,
/// `mean_change_tol`.
struct LatentDirichletAllocation: MatrixTransformer {
    /// A row for each topic, a column for each word.
    let words: (elements: [Double], topics: Int, count: Int)
    let prior: Double
    let turnLimit: Int
    let tolerance: Double

    static let entry = EstimatorEntry("sklearn.decomposition.LatentDirichletAllocation") {
        object throws(ModelImportError) in
        .transformer(try LatentDirichletAllocation(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let matrix = try object.matrix("exp_dirichlet_component_")
        words = (matrix.elements, matrix.rows, matrix.columns)
        prior = try object.double("doc_topic_prior_")
        turnLimit = try object.int("max_doc_update_iter")
        tolerance = try object.double("mean_change_tol")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard x.columnCount == words.count else {
            throw ModelImportError(
                .malformed,
                "`exp_dirichlet_component_` has \(words.count) columns, expected \(x.columnCount)"
            )
        }
        let topics = words.topics
        let start = try x.filled(with: [Double](repeating: 1, count: topics))
        let isOpen = try start.column(0).greater(than: 0)
        let state = try x.graph.loop([start, start.expectation(), isOpen], atMost: turnLimit) {
            (_, state) throws(ModelImportError) in
            let (last, factors, isOpen) = (state[0], state[1], state[2])
            let shares = try x / (factors.product(words.elements, columns: words.count, "words") + Double.ulpOfOne)
            let next = try factors * shares.product(transposed: words.elements, "words") + prior
            let change = try (last - next).absolute().sum() / Double(topics)
            let remains = try isOpen.and(change.less(than: tolerance).not())
            let values = try [isOpen.choose(next, last), isOpen.choose(next.expectation(), factors), remains]
            return (values, try remains.holdsAnywhere())
        }
        return try state[0].dividedBySum()
    }
}

extension Matrix {
    /// `exp(ψ(x) - ψ(Σx))` of rows.
    fileprivate func expectation() throws(ModelImportError) -> Matrix {
        try (digamma() - sum().digamma()).exp()
    }

    /// The digamma function of positive numbers.
    ///
    /// *Numerics*: six steps of the recurrence, and the asymptotic series; the error is below 1e-8.
    fileprivate func digamma() throws(ModelImportError) -> Matrix {
        var shifted = self
        var result = try 1 / self
        for _ in 0..<5 {
            shifted = try shifted + 1
            result = try result + 1 / shifted
        }
        shifted = try shifted + 1
        let inverse = try 1 / shifted
        let square = inverse.squared()
        let series = try square * (1 / 12 - square * (1 / 120 - square * (1 / 252)))
        return try shifted.log() - inverse * 0.5 - series - result
    }
}
