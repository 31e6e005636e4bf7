/// What of some classes is refused, or differs, as a sentence of Markdown without a stop; in alphabetical order.
package let estimatorLimits: [String: String] = [
    "sklearn.cluster.FeatureAgglomeration": "`pooling_func` other than `numpy.mean`, `max`, `min`, `sum`",
    "sklearn.compose.ColumnTransformer":
        "columns that a function selects when it predicts; mixed text and numbers that pass through",
    "sklearn.compose.TransformedTargetRegressor": "transformers without an inverse here",
    "sklearn.decomposition.DictionaryLearning": #"`transform_algorithm="lars"`"#,
    "sklearn.decomposition.FactorAnalysis": "`score_samples`",
    "sklearn.decomposition.KernelPCA": "functions as `kernel`",
    "sklearn.decomposition.MiniBatchDictionaryLearning": "as `DictionaryLearning`",
    "sklearn.decomposition.MiniBatchNMF": "as `NMF`",
    "sklearn.decomposition.NMF": "`shuffle=True`; as there, the shares of a sample depend on its batch",
    "sklearn.decomposition.PCA": "`score_samples`",
    "sklearn.decomposition.SparseCoder": "as `DictionaryLearning`",
    "sklearn.dummy.DummyClassifier": "`strategy` of `stratified` and `uniform`; `constant` for several targets",
    "sklearn.ensemble.HistGradientBoostingRegressor": "a `loss` of one's own",
    "sklearn.ensemble.StackingClassifier": "estimators of several targets",
    "sklearn.ensemble.StackingRegressor": "classifiers whose labels are text",
    "sklearn.ensemble.VotingClassifier": "`transform`",
    "sklearn.ensemble.VotingRegressor": "`transform`",
    "sklearn.feature_extraction.DictVectorizer":
        "numbers and texts of one name; several texts of one name in a dictionary; texts that are empty or "
        + "hold the separator",
    "sklearn.feature_extraction.FeatureHasher": "`input_type` other than `string`; an empty text stands for none",
    "sklearn.feature_extraction.text.CountVectorizer": "what the section on text names",
    "sklearn.feature_extraction.text.HashingVectorizer":
        "what the section on text names; rows are dense, of at most 4,194,304 columns",
    "sklearn.feature_extraction.text.TfidfVectorizer": "what the section on text names",
    "sklearn.feature_selection.SelectFromModel":
        "`importance_getter` as a function; importances other than coefficients, trees and forests",
    "sklearn.gaussian_process.GaussianProcessClassifier": "as `GaussianProcessRegressor`",
    "sklearn.gaussian_process.GaussianProcessRegressor": "a process that was not fitted",
    "sklearn.impute.IterativeImputer": "`sample_posterior=True`",
    "sklearn.impute.KNNImputer": "functions as `metric` or `weights`; of equally far neighbours the first ones count",
    "sklearn.impute.SimpleImputer": "`add_indicator=True` for text; missing text is the empty string",
    "sklearn.isotonic.IsotonicRegression": #"`out_of_bounds="raise"` predicts as `"nan"` does"#,
    "sklearn.kernel_approximation.Nystroem": "functions as `kernel`",
    "sklearn.kernel_ridge.KernelRidge": "functions as `kernel`",
    "sklearn.linear_model.ARDRegression": "`normalize=True`",
    "sklearn.linear_model.BayesianRidge": "`normalize=True`",
    "sklearn.manifold.Isomap": "`n_neighbors=None`",
    "sklearn.multiclass.OneVsOneClassifier": "precomputed kernels, regressors",
    "sklearn.multiclass.OneVsRestClassifier": "regressors",
    "sklearn.multiclass.OutputCodeClassifier": "regressors",
    "sklearn.multioutput.ClassifierChain": #"`chain_method="predict_log_proba"`"#,
    "sklearn.naive_bayes.CategoricalNB": "unknown categories, an error there, count for no class",
    "sklearn.neighbors.KNeighborsClassifier":
        "functions as `metric` or `weights`; `mahalanobis` without `VI`, `seuclidean` without `V`; several "
        + "equally far neighbours count in their order",
    "sklearn.neighbors.KNeighborsRegressor": "as `KNeighborsClassifier`",
    "sklearn.neighbors.KernelDensity": "metrics other than Euclidean; the kernel `cosine`",
    "sklearn.neighbors.LocalOutlierFactor": "`novelty=False`",
    "sklearn.neighbors.RadiusNeighborsClassifier": "as `KNeighborsClassifier`; an `outlier_label` that is no class",
    "sklearn.neighbors.RadiusNeighborsRegressor": "as `KNeighborsClassifier`",
    "sklearn.neural_network.BernoulliRBM": "`score_samples`",
    "sklearn.preprocessing.FunctionTransformer": "functions other than NumPy's and SciPy's of one number; `kw_args`",
    "sklearn.preprocessing.LabelBinarizer": "several labels for a sample",
    "sklearn.preprocessing.LabelEncoder": "unknown labels become -1",
    "sklearn.preprocessing.OneHotEncoder":
        "unknown categories, where they are an error, become zeros; missing text is the empty string",
    "sklearn.preprocessing.OrdinalEncoder":
        "unknown categories, where they are an error, become NaN; missing text is the empty string",
    "sklearn.preprocessing.QuantileTransformer": #"the inverse of `output_distribution="normal"`"#,
    "sklearn.preprocessing.SplineTransformer":
        #"`extrapolation="constant"` of degree 0, `"linear"` of degree 0, or 1 for several features; `"error"` "#
        + "continues",
    "sklearn.semi_supervised.LabelPropagation": "functions as `kernel`",
    "sklearn.semi_supervised.LabelSpreading": "functions as `kernel`",
    "sklearn.svm.NuSVC": "functions as `kernel`",
    "sklearn.svm.NuSVR": "functions as `kernel`",
    "sklearn.svm.OneClassSVM": "functions as `kernel`",
    "sklearn.svm.SVC": "functions as `kernel`",
    "sklearn.svm.SVR": "functions as `kernel`",
]
