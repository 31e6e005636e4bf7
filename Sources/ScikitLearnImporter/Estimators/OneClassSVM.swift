import ModelImport

/// A support vector machine around the samples that it was fitted on.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `SupportVectors`; `offset_`.
struct OneClassSVM: Labeller {
    let machine: SVR
    let offset: Double

    static let entry = EstimatorEntry("sklearn.svm.OneClassSVM") { object throws(ModelImportError) in
        .labeller(OneClassSVM(machine: try SVR(object), offset: try object.double("offset_")))
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        let decision = try machine.predict(input)
        // SPEC: the library takes a decision above zero for an inlier, not zero.
        let labels = try decision.greater(than: 0).cast(to: .int64) * 2 - 1
        return Labelling(labels: labels, decision: decision, scores: try decision + offset)
    }
}
