import Diagnostics
import ModelImport

/// Classifiers whose scores are the digits of a code, nearest to that of a class.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `code_book_`, `classes_`.
struct OutputCodeClassifier: Classifier {
    let classes: ClassLabels
    let classifiers: [any Classifier]
    let codes: [Double]

    var inputForm: InputForm { classifiers[0].inputForm }

    static let entry = EstimatorEntry("sklearn.multiclass.OutputCodeClassifier") { object throws(ModelImportError) in
        .classifier(try OutputCodeClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        classifiers = try object.classifiers()
        codes = try object.matrix("code_book_", rows: classes.count, columns: classifiers.count)
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        var scores: [Matrix] = []
        for classifier in classifiers { scores.append(try classifier.classify(input).binaryScore().score) }
        return Classification(indices: try Matrix.concatenated(scores).squaredDistances(to: codes).argMin())
    }
}
