import ModelImport

extension Labelling {
    /// Scores above or at an offset are those of inliers.
    ///
    /// *Source*: scikit-learn 0.24 to 1.9, `OutlierMixin`: `decision_function` is `score_samples - offset_`.
    init(scores: Matrix, offset: Double) throws(ModelImportError) {
        let decision = try scores - offset
        self.init(labels: try decision.inliers(), decision: decision, scores: scores)
    }
}

extension Matrix {
    /// 1 where a decision is not below zero, and -1 elsewhere: int64.
    func inliers() throws(ModelImportError) -> Matrix {
        try (greaterOrEqual(to: 0).cast(to: .int64) * 2) - 1
    }
}
