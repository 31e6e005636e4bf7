/// Operators of the group, in alphabetical order.
let traditionalMLOperators: [OperatorDefinition] = [
    ArrayFeatureExtractor.definition,
    Binarizer.definition,
    FeatureVectorizer.definition,
    Imputer.definition,
    LabelEncoder.definition,
    LinearClassifier.definition,
    LinearRegressor.definition,
    Normalizer.definition,
    OneHotEncoder.definition,
    Scaler.definition,
    TreeEnsembleClassifier.definition,
    TreeEnsembleRegressor.definition,
    ZipMap.definition,
]
