import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// What an estimator gives for each of scikit-learn's methods, as values in a graph.
struct ModelOutputs {
    private let graph: ModelGraph
    private let options: ImportOptions
    private let numberType: MatrixType
    private var outputs: [(name: String, value: String, type: ValueType)] = []
    private var available: [ModelOutput] = []

    /// Computes what the options ask for, or what is usual for the estimator's kind, and makes it the graph's outputs.
    ///
    /// *Returns*: what the options may choose among.
    /// *Throws*: `unsupported` for a method that the estimator does not have.
    static func write(
        _ roles: Roles,
        of input: Table,
        options: ImportOptions
    ) throws(ModelImportError) -> [ModelOutput] {
        var outputs = ModelOutputs(graph: input.graph, options: options)
        try outputs.predict(roles, input)
        if let transformer = roles.transformer {
            let isDefault = roles.predictor == nil
            try outputs.add(.transform, isDefault: isDefault) { () throws(ModelImportError) in
                try transformer.transform(input)
            }
        }
        try outputs.finish()
        return outputs.available
    }

    private init(graph: ModelGraph, options: ImportOptions) {
        self.graph = graph
        self.options = options
        numberType = options.usesDoublePrecision ? .double : .float
    }

    private func isWanted(_ output: ModelOutput, isDefault: Bool) -> Bool {
        options.outputs.map { $0.contains(output) } ?? isDefault
    }

    private mutating func finish() throws(ModelImportError) {
        try options.refuseOutputs(otherThan: available)
        guard !outputs.isEmpty else {
            throw ModelImportError(.unsupported, "the estimator neither predicts nor transforms new samples")
        }
        for output in outputs { graph.builder.output(output.value, name: output.name, output.type) }
    }

    private mutating func append(_ name: String, _ matrix: Matrix, _ dimensions: [Dimension]) {
        outputs.append((name, matrix.value, .tensor(matrix.elementType.elementType, ["batch"] + dimensions)))
    }

    private mutating func addVector(_ name: String, _ matrix: Matrix) throws(ModelImportError) {
        append(name, try matrix.vector(), [])
    }

    private mutating func addNumbers(_ name: String, _ matrix: Matrix, isVector: Bool) throws(ModelImportError) {
        let matrix = matrix.cast(to: numberType)
        if isVector { return try addVector(name, matrix) }
        append(name, matrix, [.fixed(matrix.columnCount)])
    }

    private mutating func add(
        _ output: ModelOutput,
        isDefault: Bool,
        _ table: () throws(ModelImportError) -> Table
    ) throws(ModelImportError) {
        available.append(output)
        guard isWanted(output, isDefault: isDefault) else { return }
        let table = try table()
        guard !table.parts.isEmpty else {
            throw ModelImportError(.unsupported, "a transformer that keeps no column is not supported")
        }
        if table.isVector {
            let vector = table.parts[0]
            return try addVector(output.outputName, vector.elementType == .int64 ? vector : vector.cast(to: numberType))
        }
        let isText = table.parts.allSatisfy { $0.elementType == .string }
        let matrix = try table.merged(as: isText ? .string : numberType)
        append(output.outputName, matrix, [.fixed(matrix.columnCount)])
    }

    private mutating func addNumbers(
        _ output: ModelOutput,
        _ matrix: Matrix?,
        isDefault: Bool,
        isVector: Bool = false
    ) throws(ModelImportError) {
        guard let matrix else { return }
        available.append(output)
        guard isWanted(output, isDefault: isDefault) else { return }
        try addNumbers(output.outputName, matrix, isVector: isVector)
    }
}

extension ModelOutputs {
    private mutating func predict(_ roles: Roles, _ input: Table) throws(ModelImportError) {
        switch roles.predictor {
        case .classifier(let classifier): try addClassification(classifier, input)
        case .multiClassifier(let classifier): try addMultiClassification(classifier, input)
        case .regressor(let regressor): try addRegression(regressor, input)
        case .labeller(let labeller): try addLabelling(labeller, input, transforms: roles.transformer != nil)
        case nil: return
        }
    }

    private mutating func addClassification(_ classifier: any Classifier, _ input: Table) throws(ModelImportError) {
        let result = try classifier.classify(input)
        available.append(.predict)
        if isWanted(.predict, isDefault: true) {
            let label = try labels(result.indices, classifier.classes)
            outputs.append(("label", label, .tensor(classifier.classes.elementType, ["batch"])))
        }
        if let probabilities = result.probabilities {
            available.append(.predictProba)
            if isWanted(.predictProba, isDefault: true) { try addProbabilities(probabilities, classifier.classes) }
        }
        try addNumbers(
            .decisionFunction,
            result.decision,
            isDefault: result.probabilities == nil,
            isVector: result.decision?.columnCount == 1
        )
    }

    private mutating func addProbabilities(
        _ probabilities: Matrix,
        _ classes: ClassLabels
    ) throws(ModelImportError) {
        let matrix = probabilities.cast(to: options.usesZipMap ? .float : numberType)
        guard options.usesZipMap else { return append("probabilities", matrix, [.fixed(matrix.columnCount)]) }
        let (value, type) = try graph.builder.zipMap(matrix.value, classes: classes)
        outputs.append(("probabilities", value, type))
    }

    /// The labels of classes by their indices: `[batch]`.
    private func labels(_ indices: Matrix, _ classes: ClassLabels) throws(ModelImportError) -> String {
        let vector = try indices.vector().value
        return try graph.builder.labels(at: vector, of: classes)
    }

    private mutating func addMultiClassification(
        _ classifier: any MultiClassifier,
        _ input: Table
    ) throws(ModelImportError) {
        let result = try classifier.classifyTargets(input)
        available.append(.predict)
        if isWanted(.predict, isDefault: true) {
            let type = classifier.targetClasses[0].elementType
            guard classifier.targetClasses.allSatisfy({ $0.elementType == type }) else {
                throw ModelImportError(.unsupported, "targets with labels of several types are not supported")
            }
            var columns: [String] = []
            for (indices, classes) in zip(result.indices, classifier.targetClasses) {
                columns.append(try graph.builder.labels(at: indices.value, of: classes))
            }
            let label =
                columns.count == 1
                ? columns[0] : graph.builder.node("Concat", columns, [Attribute("axis", .int(1))])
            outputs.append(("label", label, .tensor(type, ["batch", .fixed(columns.count)])))
        }
        if !result.probabilities.isEmpty {
            available.append(.predictProba)
            if isWanted(.predictProba, isDefault: true) {
                let isJoint = result.probabilities.count != result.indices.count || result.indices.count == 1
                for (target, probabilities) in result.probabilities.enumerated() {
                    let name = isJoint ? "probabilities" : "probabilities_\(target)"
                    try addNumbers(name, probabilities, isVector: false)
                }
            }
        }
        try addNumbers(.decisionFunction, result.decision, isDefault: result.probabilities.isEmpty)
    }

    private mutating func addRegression(_ regressor: any Regressor, _ input: Table) throws(ModelImportError) {
        available.append(.predict)
        if isWanted(.predict, isDefault: true) {
            try addNumbers("prediction", regressor.predict(input), isVector: !regressor.predictsMatrix)
        }
        guard let deviation = try regressor.standardDeviation(input) else { return }
        try addNumbers(.predictStd, deviation, isDefault: false, isVector: !regressor.predictsMatrix)
    }

    private mutating func addLabelling(
        _ labeller: any Labeller,
        _ input: Table,
        transforms: Bool
    ) throws(ModelImportError) {
        let result = try labeller.label(input)
        if let labels = result.labels {
            available.append(.predict)
            if isWanted(.predict, isDefault: true) { try addVector("label", labels) }
        }
        try addNumbers(.predictProba, result.probabilities, isDefault: true)
        try addNumbers(.decisionFunction, result.decision, isDefault: true, isVector: true)
        try addNumbers(.scoreSamples, result.scores, isDefault: result.labels == nil, isVector: true)
        try addNumbers(.mahalanobis, result.distances, isDefault: result.labels == nil, isVector: true)
    }
}
