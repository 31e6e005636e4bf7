import ModelImport

/// Estimators of a covariance, which give squared Mahalanobis distances.
///
/// *Source*: scikit-learn 0.24 to 1.9, `location_`, `precision_`; `covariance_` where the precision is not stored.
struct EmpiricalCovariance: Labeller {
    let distance: MahalanobisDistance

    static let entry = EstimatorEntry(
        "sklearn.covariance.EmpiricalCovariance",
        "sklearn.covariance.GraphicalLasso",
        "sklearn.covariance.GraphicalLassoCV",
        "sklearn.covariance.LedoitWolf",
        "sklearn.covariance.MinCovDet",
        "sklearn.covariance.OAS",
        "sklearn.covariance.ShrunkCovariance"
    ) { object throws(ModelImportError) in
        .labeller(EmpiricalCovariance(distance: try MahalanobisDistance(object)))
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        Labelling(distances: try distance(try input.doubles()))
    }
}
