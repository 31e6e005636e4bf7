/// Operators of the group, in alphabetical order.
let traditionalMLOperators: [OperatorDefinition] = [
    ArrayFeatureExtractor.definition,
    LinearClassifier.definition,
    LinearRegressor.definition,
    Normalizer.definition,
    Scaler.definition,
    TreeEnsembleClassifier.definition,
    TreeEnsembleRegressor.definition,
    ZipMap.definition,
]
