/// The estimators that mlpack reads, in alphabetical order.
let estimators: [EstimatorEntry] = [
    DecisionTreeClassifier.entry,
    DecisionTreeRegressor.entry,
    LinearRegression.entry,
    LogisticRegression.entry,
    MinMaxScaler.entry,
    Pipeline.entry,
    RandomForestClassifier.entry,
    RandomForestRegressor.entry,
    StandardScaler.entry,
]

/// The classes of scikit-learn that mlpack reads, by their public names, in alphabetical order.
package let estimatorClassNames: [String] = estimators.flatMap(\.classNames).sorted()
