/// The estimators that mlpack reads, in alphabetical order.
let estimators: [EstimatorEntry] = [
    BayesianRidge.entry,
    DecisionTreeClassifier.entry,
    DecisionTreeRegressor.entry,
    GeneralizedLinearRegressor.entry,
    IsotonicRegression.entry,
    LinearRegression.entry,
    LinearSVC.entry,
    LogisticRegression.entry,
    MinMaxScaler.entry,
    Pipeline.entry,
    PLSRegression.entry,
    PLSSVD.entry,
    RandomForestClassifier.entry,
    RandomForestRegressor.entry,
    RANSACRegressor.entry,
    RidgeClassifier.entry,
    SGDClassifier.entry,
    SGDOneClassSVM.entry,
    StandardScaler.entry,
]

/// The classes of scikit-learn that mlpack reads, by their public names, in alphabetical order.
package let estimatorClassNames: [String] = estimators.flatMap(\.classNames).sorted()
