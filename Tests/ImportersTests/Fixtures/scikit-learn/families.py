"""Trains small models of every class that mlpack reads, and records what scikit-learn predicts itself.

    python families.py     # scikit-learn 1.9.1, 1.1.3, 1.0.2 or 0.24.2, with the packages that versions.json names

Every seed is 0. A case's `<name>.npz` holds the inputs under the names that the exported model has for them, and what each
method of the estimator gives; `<name>.joblib` is the model. Classes that a version does not have are left out.
"""

import importlib
import json
import pathlib
import warnings

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401

warnings.filterwarnings("ignore")
folder = pathlib.Path(__file__).parent / sklearn.__version__ / "families"
folder.mkdir(parents=True, exist_ok=True)
random = np.random.RandomState(0)
cases = {}


def single(X):
    return np.asarray(X, dtype=np.float32).astype(np.float64)


X = single(random.randn(48, 4) * [1, 2, 0.5, 3] + [0, 1, 0, -2])
positive = single(np.abs(X))
counts = np.abs(X).round()
weights = random.randn(4, 3)
binary = (X @ weights[:, 0] + random.randn(48) > 0).astype(int)
classes = np.array(["ash", "élm", "oak"], dtype=object)[np.argmax(X @ weights + random.randn(48, 3), axis=1)]
indicators = (X @ weights + random.randn(48, 3) > 0).astype(int)
number = single(X @ weights[:, 0] + random.randn(48))
numbers = single(X @ weights + random.randn(48, 3))
holes = np.where(random.rand(48, 4) < 0.2, np.nan, X)
text = np.array([["a", "x"], ["b", "y"], ["é", "x"], ["a", "z"]], dtype=object)[random.randint(0, 4, 48)]
frame = pd.DataFrame(
    {"width": X[:, 0], "height": holes[:, 1], "count": random.randint(0, 4, 48), "city": text[:, 0], "kind": text[:, 1]}
)

methods = {
    "predict_proba": "probabilities",
    "decision_function": "decision",
    "transform": "transformed",
    "score_samples": "scores",
    "mahalanobis": "mahalanobis",
}
# What mlpack leaves out of classes that predict.
unscored = {"BernoulliRBM", "FactorAnalysis", "PCA"}
untransformed = {"StackingClassifier", "StackingRegressor", "VotingClassifier", "VotingRegressor"}


matern = importlib.import_module("sklearn.gaussian_process.kernels").Matern(1.5, nu=0.8)


def dense(values):
    values = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
    return np.asarray(values.tolist()) if values.dtype == object else values


def inputs(data):
    """What a graph gets: a column for each feature of a frame with text, otherwise `X`."""
    if isinstance(data, pd.DataFrame):
        columns = {}
        for name in data.columns:
            column = data[name].to_numpy()[:, None]
            kind = str if column.dtype.kind == "O" else np.float32
            columns[name] = column.astype(kind)
        return columns
    data = np.asarray(data)
    return {"X": data.astype(str) if data.dtype.kind in "OU" else data.astype(np.int64 if data.ndim == 1 else np.float32)}


def record(name, model, data, target=None, sample=None):
    """Fits the model, and writes it with its predictions on some rows."""
    model.fit(data) if target is None else model.fit(data, target)
    if type(model).__name__ in ("DummyClassifier", "DummyRegressor", "FunctionTransformer"):
        if vars(model).get("n_features_in_") is None:
            return  # Older versions do not say how many features there were.
    rows = data[:16] if sample is None else sample
    arrays = inputs(rows)
    known = type(model).__name__
    if hasattr(model, "predict"):
        predicted = dense(model.predict(rows))
        is_label = hasattr(model, "classes_") or not sklearn.base.is_regressor(model)
        arrays["label" if is_label else "prediction"] = predicted
    if known in ("BayesianRidge", "ARDRegression", "GaussianProcessRegressor"):
        arrays["std"] = model.predict(rows, return_std=True)[1]
    for method, output in methods.items():
        if not hasattr(model, method) or (method == "transform" and known in untransformed):
            continue
        if method == "score_samples" and known in unscored:
            continue
        values = getattr(model, method)(rows)
        if isinstance(values, list):
            arrays |= {f"{output}_{index}": value for index, value in enumerate(values)}
        else:
            arrays[output] = dense(values)
    np.savez_compressed(folder / f"{name}.npz", **arrays)
    joblib.dump(model, folder / f"{name}.joblib", compress=("zlib", 9))
    cases[name] = [f"{name}.joblib"]


def make(path, **parameters):
    """An estimator by module and class; `None` where this version does not have it."""
    module, name = path.rsplit(".", 1)
    try:
        cls = getattr(importlib.import_module(f"sklearn.{module}"), name)
    except (AttributeError, ImportError):
        return None
    model = cls(**parameters)
    if "random_state" in model.get_params():
        model.set_params(random_state=0)
    return model


def each(paths, *data, **parameters):
    """Records an estimator of each class under its class's name."""
    for path in paths.split():
        name, _, suffix = path.partition(":")
        try:
            model = make(name, **parameters)
        except TypeError:
            continue
        if model is not None:
            record(name.rsplit(".", 1)[1] + (f"_{suffix}" if suffix else ""), model, *data)


linear = "linear_model."
each(
    " ".join(
        linear + name
        for name in "ARDRegression BayesianRidge ElasticNetCV HuberRegressor Lars LarsCV LassoCV LassoLars LassoLarsCV "
        "LassoLarsIC OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV PassiveAggressiveRegressor RANSACRegressor "
        "RidgeCV SGDRegressor TheilSenRegressor".split()
    )
    + " svm.LinearSVR svm.NuSVR svm.SVR kernel_ridge.KernelRidge neighbors.KNeighborsRegressor",
    X,
    number,
)
each("linear_model.QuantileRegressor", X, number, solver="highs")
each("linear_model.GammaRegressor linear_model.PoissonRegressor linear_model.TweedieRegressor", X, np.exp(number / 4))
each(
    "linear_model.MultiTaskElasticNet linear_model.MultiTaskElasticNetCV linear_model.MultiTaskLasso "
    "linear_model.MultiTaskLassoCV cross_decomposition.CCA cross_decomposition.PLSCanonical "
    "cross_decomposition.PLSRegression cross_decomposition.PLSSVD neighbors.RadiusNeighborsRegressor",
    X,
    numbers,
)
each(
    "linear_model.LogisticRegressionCV linear_model.PassiveAggressiveClassifier linear_model.Perceptron "
    "linear_model.RidgeClassifier linear_model.RidgeClassifierCV linear_model.SGDClassifier svm.LinearSVC "
    "naive_bayes.BernoulliNB naive_bayes.GaussianNB discriminant_analysis.LinearDiscriminantAnalysis "
    "discriminant_analysis.QuadraticDiscriminantAnalysis neighbors.KNeighborsClassifier neighbors.NearestCentroid "
    "gaussian_process.GaussianProcessClassifier",
    X,
    classes,
)
each("linear_model.SGDClassifier:binary svm.SVC:binary linear_model.RidgeClassifier:binary", X, binary)
each("svm.NuSVC svm.SVC", X, classes, probability=True)
# Unbalanced classes that the features hardly tell apart: slopes of sigmoids are steep.
each("svm.SVC:steep", single(X / 1000), np.array([0, 0, 0, 1, 1, 2] * 8), kernel="linear", probability=True)
each("linear_model.SGDClassifier:huber", X, classes, loss="modified_huber")
if sklearn.__version__ >= "1.0":
    each("linear_model.RidgeClassifier:multilabel", X, indicators)
each("neighbors.KNeighborsClassifier:targets", X, indicators)
each("isotonic.IsotonicRegression", X[:, :1], number, out_of_bounds="clip")
each("linear_model.SGDOneClassSVM svm.OneClassSVM ensemble.IsolationForest covariance.EllipticEnvelope", X)
each(
    "covariance.EmpiricalCovariance covariance.GraphicalLasso covariance.GraphicalLassoCV covariance.LedoitWolf "
    "covariance.MinCovDet covariance.OAS covariance.ShrunkCovariance neighbors.KernelDensity",
    X,
)
each("neighbors.LocalOutlierFactor", X, novelty=True)
each("naive_bayes.ComplementNB naive_bayes.MultinomialNB", positive, classes)
each("naive_bayes.CategoricalNB", counts, classes)
each("neighbors.RadiusNeighborsClassifier", X, classes, radius=2.0, outlier_label="most_frequent")
each("semi_supervised.LabelPropagation semi_supervised.LabelSpreading", X, np.where(np.arange(48) % 3, binary, -1))

each(
    "preprocessing.Binarizer preprocessing.MaxAbsScaler preprocessing.Normalizer preprocessing.PolynomialFeatures "
    "preprocessing.PowerTransformer preprocessing.RobustScaler preprocessing.SplineTransformer "
    "preprocessing.KBinsDiscretizer decomposition.FactorAnalysis decomposition.FastICA decomposition.IncrementalPCA "
    "decomposition.KernelPCA decomposition.MiniBatchSparsePCA decomposition.PCA decomposition.SparsePCA "
    "decomposition.TruncatedSVD feature_selection.VarianceThreshold cluster.FeatureAgglomeration "
    "neighbors.KNeighborsTransformer neighbors.RadiusNeighborsTransformer",
    X,
)
each("preprocessing.QuantileTransformer", X, n_quantiles=10, output_distribution="normal")
each("random_projection.GaussianRandomProjection random_projection.SparseRandomProjection", X, n_components=2)
each(
    "kernel_approximation.Nystroem kernel_approximation.PolynomialCountSketch kernel_approximation.RBFSampler "
    "kernel_approximation.SkewedChi2Sampler neural_network.BernoulliRBM",
    positive,
    n_components=5,
)
each("kernel_approximation.AdditiveChi2Sampler", positive)
each("feature_extraction.text.TfidfTransformer", counts)
each("manifold.Isomap manifold.LocallyLinearEmbedding", X)
each("decomposition.LatentDirichletAllocation", counts, n_components=3, max_iter=3)
each("decomposition.NMF decomposition.MiniBatchNMF", positive, n_components=2, max_iter=50)
each("decomposition.NMF:kullback", positive, n_components=2, max_iter=50, solver="mu", beta_loss="kullback-leibler")
each("neighbors.KNeighborsClassifier:braycurtis", X, classes, metric="braycurtis")
grades = np.round(np.abs(X[:, :2]), 1)
each("preprocessing.OneHotEncoder:grades", grades, handle_unknown="ignore")
each("decomposition.SparseCoder", X, dictionary=(weights / np.linalg.norm(weights, axis=0)).T, transform_n_nonzero_coefs=2)
each("decomposition.DictionaryLearning:omp", X, n_components=3, max_iter=2, transform_n_nonzero_coefs=2)
each("decomposition.DictionaryLearning:lasso", X, n_components=3, max_iter=2, transform_algorithm="lasso_lars")
each("neighbors.KNeighborsRegressor:canberra", X, number, metric="canberra")
each("gaussian_process.GaussianProcessRegressor:matern", X, number, alpha=0.1, optimizer=None, kernel=matern)
scaler = make("preprocessing.StandardScaler")
boosting = make("ensemble.HistGradientBoostingClassifier", max_iter=3, min_samples_leaf=5)
stepped = make("pipeline.Pipeline", steps=[("scaler", scaler), ("model", boosting)])
# Rows on thresholds, which lie halfway between whole numbers: as doubles they go left, as floats some would not.
record("Pipeline_histogram", stepped, X.round(), classes, X.round()[:24] + 0.5)
each("decomposition.DictionaryLearning decomposition.MiniBatchDictionaryLearning", X, n_components=2, max_iter=2, transform_algorithm="threshold")
each("preprocessing.KernelCenterer", single(X[:10] @ X[:10].T))
each("preprocessing.FunctionTransformer", positive, func=np.log1p)
each("preprocessing.OneHotEncoder preprocessing.OrdinalEncoder", text)
each("preprocessing.OneHotEncoder:infrequent", text, min_frequency=12, handle_unknown="infrequent_if_exist")
each("preprocessing.OneHotEncoder:numbers preprocessing.OrdinalEncoder:numbers", counts)
each("preprocessing.TargetEncoder", text, classes)
each("preprocessing.LabelEncoder preprocessing.LabelBinarizer", classes)
each("impute.SimpleImputer impute.KNNImputer impute.IterativeImputer", holes, add_indicator=True)
each("impute.MissingIndicator", holes)
each("impute.SimpleImputer:text", text, strategy="constant", fill_value="?", missing_values="x")
each(
    "feature_selection.GenericUnivariateSelect feature_selection.SelectFdr feature_selection.SelectFpr "
    "feature_selection.SelectFwe",
    X,
    binary,
)
each("feature_selection.SelectKBest", X, classes, k=2)
each("feature_selection.SelectPercentile", X, classes, percentile=50)
each("neighbors.NeighborhoodComponentsAnalysis", X, classes, n_components=2, max_iter=5)

logistic = make("linear_model.LogisticRegression")
ridge = make("linear_model.Ridge")
tree = make("tree.DecisionTreeClassifier", max_depth=2)
regression_tree = make("tree.DecisionTreeRegressor", max_depth=2)
each("feature_selection.RFE feature_selection.RFECV feature_selection.SelectFromModel", X, binary, estimator=logistic)
each("feature_selection.SequentialFeatureSelector", X, binary, estimator=logistic, n_features_to_select=2)
each("cluster.AffinityPropagation cluster.Birch cluster.MeanShift", X)
each("cluster.BisectingKMeans cluster.KMeans cluster.MiniBatchKMeans", X, n_clusters=3)
each("mixture.BayesianGaussianMixture mixture.GaussianMixture", X, n_components=2)
each("gaussian_process.GaussianProcessRegressor", X, number, alpha=0.1)
each("neural_network.MLPClassifier", X, classes, hidden_layer_sizes=(5, 4), max_iter=20)
each("neural_network.MLPRegressor", X, number, hidden_layer_sizes=(5,), max_iter=20)

each("ensemble.AdaBoostClassifier ensemble.GradientBoostingClassifier", X, classes, n_estimators=4)
each("ensemble.BaggingClassifier ensemble.RandomForestClassifier:targets", X, binary, n_estimators=3)
each("ensemble.RandomForestClassifier:targets", X, indicators, n_estimators=3, max_depth=3)
each("ensemble.AdaBoostRegressor ensemble.BaggingRegressor ensemble.GradientBoostingRegressor", X, number, n_estimators=4)
each("ensemble.HistGradientBoostingClassifier", holes, classes, max_iter=3, min_samples_leaf=5)
each("ensemble.HistGradientBoostingRegressor", holes, number, max_iter=3, min_samples_leaf=5)
mixed = np.c_[counts[:, :1], X[:, 1:]]
each("ensemble.HistGradientBoostingClassifier:categories", mixed, binary, max_iter=3, min_samples_leaf=5, categorical_features=[0])
each("ensemble.RandomTreesEmbedding", X, n_estimators=3, max_depth=2)
both = [("first", logistic), ("second", tree)]
each("ensemble.StackingClassifier ensemble.VotingClassifier", X, classes, estimators=both)
each("ensemble.VotingClassifier:soft", X, classes, estimators=both, voting="soft", weights=[1, 2])
each(
    "ensemble.StackingRegressor ensemble.VotingRegressor",
    X,
    number,
    estimators=[("first", ridge), ("second", regression_tree)],
)

base = "base_estimator" if sklearn.__version__ < "1.2" else "estimator"
each("calibration.CalibratedClassifierCV", X, classes, **{base: make("svm.LinearSVC")}, cv=2)
each("calibration.CalibratedClassifierCV:isotonic", X, binary, **{base: tree}, cv=2, method="isotonic")
each("multiclass.OneVsOneClassifier multiclass.OneVsRestClassifier multiclass.OutputCodeClassifier", X, classes, estimator=logistic)
each("multiclass.OneVsRestClassifier:multilabel multioutput.MultiOutputClassifier", X, indicators, estimator=logistic)
each("multioutput.MultiOutputRegressor", X, numbers, estimator=ridge)
base = "base_estimator" if sklearn.__version__ < "1.7" else "estimator"
each("multioutput.ClassifierChain", X, indicators, **{base: logistic})
each("multioutput.RegressorChain", X, numbers, **{base: ridge}, order=[2, 0, 1])
base = "base_estimator" if sklearn.__version__ < "1.6" else "estimator"
each("semi_supervised.SelfTrainingClassifier", X, np.where(np.arange(48) % 4, binary, -1), **{base: logistic})
each("model_selection.GridSearchCV", X, binary, estimator=logistic, param_grid={"C": [0.1, 1]}, cv=2)
each("model_selection.HalvingGridSearchCV", X, binary, estimator=logistic, param_grid={"C": [0.1, 1]}, cv=2, random_state=0)
each("model_selection.HalvingRandomSearchCV", X, binary, estimator=logistic, param_distributions={"C": [0.1, 1]}, cv=2)
each("model_selection.RandomizedSearchCV", X, binary, estimator=logistic, param_distributions={"C": [0.1]}, n_iter=1, cv=2)
each("model_selection.FixedThresholdClassifier", X, binary, estimator=logistic, threshold=0.3)
each("model_selection.TunedThresholdClassifierCV", X, binary, estimator=logistic)
each("frozen.FrozenEstimator", X, binary, estimator=make("linear_model.LogisticRegression").fit(X, binary))
each("compose.TransformedTargetRegressor", X, np.exp(number / 4), regressor=ridge, func=np.log, inverse_func=np.exp)
each("dummy.DummyClassifier", X, classes)
each("dummy.DummyRegressor", X, number)
each("pipeline.FeatureUnion", X, transformer_list=[("pca", make("decomposition.PCA", n_components=1)), ("scaler", make("preprocessing.StandardScaler"))])

columns = [
    ("numbers", make("preprocessing.StandardScaler"), ["width", "height"]),
    ("text", make("preprocessing.OneHotEncoder", handle_unknown="ignore"), ["city", "kind"]),
]
each("compose.ColumnTransformer", frame, transformers=columns, remainder="passthrough")
numeric = make("pipeline.Pipeline", steps=[("fill", make("impute.SimpleImputer")), ("scale", make("preprocessing.StandardScaler"))])
columns = [("numbers", numeric, ["width", "height", "count"]), ("text", columns[1][1], ["city", "kind"])]
steps = [("columns", make("compose.ColumnTransformer", transformers=columns)), ("model", logistic)]
record("Pipeline_frame", make("pipeline.Pipeline", steps=steps), frame, binary)

versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "joblib": joblib.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
