"""Data that is odd, and variants of estimators of which the other families draw few."""

import numpy as np
import pandas as pd
from sklearn import (
    cluster,
    decomposition,
    discriminant_analysis,
    ensemble,
    gaussian_process,
    linear_model,
    multiclass,
    naive_bayes,
    neighbors,
    neural_network,
    preprocessing,
    svm,
    tree,
)
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, make_pipeline

from cases import Kinds
from models import scikit_learn
from tables import Data, classification, frame, labels, matrix, multilabel, regression, single, unlabelled

KINDS = Kinds("odd")

CLASSIFIERS = (
    lambda: tree.DecisionTreeClassifier(max_depth=3, random_state=0),
    lambda: ensemble.RandomForestClassifier(5, max_depth=3, random_state=0),
    lambda: ensemble.ExtraTreesClassifier(5, max_depth=3, random_state=0),
    lambda: ensemble.BaggingClassifier(n_estimators=3, random_state=0),
    lambda: naive_bayes.GaussianNB(),
    lambda: naive_bayes.BernoulliNB(),
    lambda: neighbors.KNeighborsClassifier(3),
    lambda: neural_network.MLPClassifier((4,), max_iter=10, random_state=0),
    lambda: linear_model.LogisticRegression(),
    lambda: linear_model.RidgeClassifier(),
    lambda: linear_model.SGDClassifier(random_state=0),
    lambda: svm.LinearSVC(),
    lambda: svm.SVC(),
    lambda: ensemble.GradientBoostingClassifier(n_estimators=3, random_state=0),
    lambda: ensemble.HistGradientBoostingClassifier(max_iter=3),
    lambda: ensemble.AdaBoostClassifier(n_estimators=3, random_state=0),
    lambda: discriminant_analysis.LinearDiscriminantAnalysis(),
    lambda: discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1),
)  # fmt: skip
REGRESSORS = (
    lambda: linear_model.LinearRegression(),
    lambda: linear_model.Ridge(),
    lambda: linear_model.HuberRegressor(),
    lambda: tree.DecisionTreeRegressor(max_depth=3, random_state=0),
    lambda: ensemble.RandomForestRegressor(5, max_depth=3, random_state=0),
    lambda: ensemble.HistGradientBoostingRegressor(max_iter=3),
    lambda: ensemble.GradientBoostingRegressor(n_estimators=3, random_state=0),
    lambda: neighbors.KNeighborsRegressor(3),
    lambda: svm.SVR(),
    lambda: neural_network.MLPRegressor(hidden_layer_sizes=(4,), max_iter=10, random_state=0),
)  # fmt: skip
TRANSFORMERS = (
    lambda: preprocessing.StandardScaler(),
    lambda: preprocessing.MinMaxScaler(clip=True),
    lambda: preprocessing.RobustScaler(),
    lambda: preprocessing.MaxAbsScaler(),
    lambda: preprocessing.Normalizer(),
    lambda: preprocessing.QuantileTransformer(n_quantiles=20, random_state=0),
    lambda: preprocessing.PowerTransformer(),
    lambda: preprocessing.KBinsDiscretizer(4, encode="onehot-dense", quantile_method="averaged_inverted_cdf"),
    lambda: preprocessing.PolynomialFeatures(2),
    lambda: preprocessing.SplineTransformer(4),
    lambda: decomposition.PCA(1),
    lambda: decomposition.TruncatedSVD(1),
    lambda: cluster.KMeans(2, n_init=1, random_state=0),
)  # fmt: skip


def _places(options):
    """How many variants a kind has that takes each of the options once."""
    return len(options)


@KINDS.kind("one class", 9)
def _one_class(draw):
    data = classification(draw, classes=2, kind=draw.pick("ints", "words", "bools"))
    data.y = data.y[:1].repeat(len(data.y))
    return scikit_learn(draw, draw.turn(*CLASSIFIERS[:8], CLASSIFIERS[14])(), data)


@KINDS.kind("one feature", _places(CLASSIFIERS))
def _one_feature(draw):
    # Of neighbours that are equally far, scikit-learn takes any: no whole numbers.
    data = classification(draw, classes=draw.whole(2, 3), features=1, styles=("normal", "shifted", "skewed"))
    return scikit_learn(draw, draw.turn(*CLASSIFIERS)(), data)


@KINDS.kind("one feature regressed", _places(REGRESSORS))
def _one_feature_regressed(draw):
    data = regression(draw, features=1, styles=("normal", "shifted", "skewed"))
    return scikit_learn(draw, draw.turn(*REGRESSORS)(), data)


@KINDS.kind("constant columns", _places(CLASSIFIERS) - 1)
def _constant(draw):
    data = classification(draw, classes=draw.whole(2, 3), features=3)
    data.X[:, 1] = data.test[:, 1] = draw.pick(0.0, -0.0, 7.25)
    return scikit_learn(draw, draw.turn(*CLASSIFIERS[:-1])(), data)


@KINDS.kind("constant columns transformed", _places(TRANSFORMERS))
def _constant_transformed(draw):
    data = unlabelled(draw, features=2, constant=False)
    column = draw.pick(0.0, -0.0, 7.25)
    if draw.index != 10:  # PCA of one component has no inverse then.
        data.X[:, 0] = column
    return scikit_learn(draw, draw.turn(*TRANSFORMERS)(), data)


@KINDS.kind("missing and infinite", 6)
def _missing_and_infinite(draw):
    data = classification(draw, features=4, missing=0.2, kind="ints")
    model = draw.turn(CLASSIFIERS[0], CLASSIFIERS[1], CLASSIFIERS[14])()
    if isinstance(model, ensemble.HistGradientBoostingClassifier):
        data.test[::7, 1], data.test[3::7, 2] = np.inf, -np.inf
    data.test[5] = np.nan
    return scikit_learn(draw, model, data)


@KINDS.kind("extreme numbers", 12)
def _extreme(draw):
    size = draw.pick(1e-30, 1e15, 1e25)
    X, test = matrix(draw, features=3, styles=("normal",), constant=False)
    X, test = single(X * size), single(test * size)
    model = draw.turn(*(CLASSIFIERS[place] for place in (0, 1, 14, 13)), *TRANSFORMERS[:4], TRANSFORMERS[4],
                      TRANSFORMERS[5], CLASSIFIERS[2], CLASSIFIERS[3])()  # fmt: skip
    return scikit_learn(draw, model, Data(X, labels(draw, X, 2, "ints"), test))


@KINDS.kind("doubles between", 8)
def _between(draw):
    """Trees behind what makes doubles of floats: thresholds lie as close as numbers do."""
    data = classification(draw, features=3, styles=("integers",), constant=False)
    first = draw.pick(*TRANSFORMERS[:4])()
    last = draw.turn(CLASSIFIERS[14], CLASSIFIERS[14], CLASSIFIERS[13], CLASSIFIERS[1])()
    return scikit_learn(draw, make_pipeline(first, last), data)


@KINDS.kind("labels", 10)
def _labels(draw):
    data = classification(draw, classes=draw.whole(2, 3), kind="ints")
    kinds = (np.int8, np.uint8, np.int32, np.uint16, np.float32, np.int64)
    words = np.array(["é", "e\u0301", "", " ", "\U0001f600", "0"][: draw.whole(3, 6)])
    places = data.y % 2 if draw.index == 6 else data.y
    shapes = [data.y.astype(kind) for kind in kinds] + [places == 1, words[data.y], words[data.y].astype(object),
                                                        -data.y * (1 << 40)]  # fmt: skip
    data.y = draw.turn(*shapes)
    return scikit_learn(draw, draw.pick(*CLASSIFIERS[:2], *CLASSIFIERS[8:10], *CLASSIFIERS[12:14])(), data)


@KINDS.kind("every neighbour", 6)
def _every_neighbour(draw):
    weights = draw.pick("uniform", "distance")
    if draw.index % 2:
        data = regression(draw, rows=60, styles=("normal", "integers"))
        return scikit_learn(draw, neighbors.KNeighborsRegressor(60, weights=weights), data)
    data = classification(draw, rows=60, styles=("normal", "integers"))
    return scikit_learn(draw, neighbors.KNeighborsClassifier(60, weights=weights), data)


METRICS = (
    "braycurtis", "canberra", "correlation", "hamming", "haversine", "nan_euclidean", "dice", "jaccard",
    "rogerstanimoto", "russellrao", "yule", "sqeuclidean", "mahalanobis", "seuclidean", "minkowski", "precomputed",
)  # fmt: skip


@KINDS.kind("metrics", _places(METRICS))
def _metrics(draw):
    metric = draw.turn(*METRICS)
    features = 2 if metric == "haversine" else draw.whole(3, 6)
    data = regression(draw, rows=60, features=features, styles=("skewed",), constant=False)
    # Rows of one number correlate with nothing.
    data.test[-3:] = single(data.test[-3:] + np.linspace(0.1, 0.7, features) ** 2)
    parameters, options = {}, {}
    if metric in ("dice", "jaccard", "rogerstanimoto", "russellrao", "yule"):
        data.X, data.test = data.X > 1, data.test > 1
        options = dict(algorithm="brute")
        data.X[:, 0], data.test[:, 0] = True, True
    elif metric == "mahalanobis":
        parameters = dict(VI=np.linalg.inv(np.cov(data.X.T)))
    elif metric == "seuclidean":
        parameters = dict(V=data.X.var(0))
    elif metric == "minkowski":
        parameters, options = dict(w=np.arange(1.0, features + 1)), dict(p=draw.pick(1, 2, 3))
    elif metric == "nan_euclidean":
        data.X[::9, 0] = data.test[::5, 1] = np.nan
    elif metric == "precomputed":
        data.X, data.test = (single(np.abs(part[:, None, :] - data.X).sum(2)) for part in (data.X, data.test))
    model = neighbors.KNeighborsRegressor(60 if metric == "hamming" or parameters == {} and options else 4,
                                          metric=metric, metric_params=parameters or None, **options)  # fmt: skip
    return scikit_learn(draw, model, data)


@KINDS.kind("Matern", 4)
def _matern(draw):
    kernel = gaussian_process.kernels.Matern(draw.log(0.5, 3), nu=draw.turn(3.5, draw.uniform(0.2, 3), 0.8, 7.3))
    data = regression(draw, rows=40, features=draw.whole(1, 3), styles=("normal",), constant=False)
    return scikit_learn(draw, gaussian_process.GaussianProcessRegressor(kernel, alpha=1e-2, optimizer=None), data)


@KINDS.kind("coders", 8)
def _coders(draw):
    data = unlabelled(draw, rows=60, features=draw.whole(4, 9), styles=("normal",), constant=False)
    algorithm = draw.turn("omp", "lasso_cd", "lasso_lars", "threshold")
    model = decomposition.DictionaryLearning(
        draw.whole(2, 6), max_iter=10, random_state=0, transform_algorithm=algorithm, transform_max_iter=5000,
        transform_alpha=draw.uniform(0.05, 1),
        transform_n_nonzero_coefs=draw.pick(1, 2) if algorithm == "omp" else None,
        positive_code=algorithm == "lasso_cd" and draw.flag(), fit_algorithm="cd",
    )  # fmt: skip
    return scikit_learn(draw, model, data)


@KINDS.kind("factorizations", 10)
def _factorizations(draw):
    data = unlabelled(draw, rows=60, features=draw.whole(3, 7), styles=("skewed", "integers"), constant=False)
    data.X, data.test = data.X + 0.5, np.abs(data.test) + 0.5
    data.X, data.test = single(data.X), single(np.minimum(data.test, 50))
    loss = draw.turn("frobenius", "kullback-leibler", "itakura-saito", 1.5, 2.5)
    shared = dict(n_components=draw.whole(1, 3), random_state=0, alpha_W=draw.pick(0, 0.01), l1_ratio=draw.pick(0, 0.5),
                  max_iter=draw.pick(15, 200))  # fmt: skip
    if draw.index < 5:
        return scikit_learn(draw, decomposition.NMF(solver="mu", init="random", beta_loss=loss, **shared), data)
    return scikit_learn(draw, decomposition.MiniBatchNMF(beta_loss=loss, **shared), data)


@KINDS.kind("coupled probabilities", 8)
def _coupled(draw):
    data = classification(draw, classes=draw.turn(2, 3, 4, 7), rows=120, styles=("normal", "skewed"))
    if draw.index % 3 == 2:
        # Unbalanced classes that the features hardly tell apart: slopes of sigmoids are steep.
        data.X, data.test = single(data.X / 1000), single(data.test / 1000)
        data.y = np.array([0, 0, 0, 1, 1, 2])[draw.arrays.integers(0, 6, len(data.y))]
        model = svm.SVC(C=draw.log(0.1, 100), kernel="linear", probability=True, random_state=0)
        return scikit_learn(draw, model, data)
    model = draw.pick(svm.SVC, svm.NuSVC)
    options = dict(nu=0.05) if model is svm.NuSVC else dict(C=draw.log(0.1, 100))
    kernel = draw.pick("rbf", "linear", "poly")
    return scikit_learn(draw, model(kernel=kernel, probability=True, random_state=0, **options), data)


@KINDS.kind("columns of a frame in many types", 8)
def _frame(draw):
    parts = []
    numbers, test = matrix(draw, rows=100, features=2, constant=False)
    for rows in (numbers, test):
        count = len(rows)
        frame = pd.DataFrame({
            "single": rows[:, 0].astype(np.float32),
            "nullable float": pd.array(rows[:, 1], dtype="Float64"),
            "nullable": pd.array(draw.arrays.integers(0, 5, count), dtype="Int64"),
            "small": draw.arrays.integers(-3, 3, count).astype(np.int8),
            "flag": draw.arrays.integers(0, 2, count).astype(bool),
            "nullable flag": pd.array(draw.arrays.integers(0, 2, count).astype(bool), dtype="boolean"),
            "kind": pd.Categorical(np.array(["a", "b", "ü"])[draw.arrays.integers(0, 3, count)], ["a", "b", "ü"]),
            "text": pd.array(np.array(["", "x y", "日本"])[draw.arrays.integers(0, 3, count)], dtype="string"),
        })  # fmt: skip
        parts.append(frame)
    if draw.flag():
        for frame in parts:
            frame.loc[::6, "nullable"] = pd.NA
            frame.loc[::7, "nullable float"] = pd.NA
    X, test = parts
    y = labels(draw, numbers, 2, "words")
    names = ["single", "nullable float", "nullable", "small", "flag", "nullable flag"]
    one_hot = preprocessing.OneHotEncoder(handle_unknown="ignore")
    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(), preprocessing.StandardScaler()), draw.some(names, least=2)),
        ("words", one_hot, ["kind", "text"][: draw.turn(1, 2)]),
    ], remainder="drop")  # fmt: skip
    if draw.flag():
        test = test[[list(test.columns)[place] for place in draw.arrays.permutation(len(test.columns))]]
    return scikit_learn(draw, make_pipeline(columns, draw.pick(CLASSIFIERS[8], CLASSIFIERS[1])()), Data(X, y, test))


def _apart(draw, last):
    """Steps that each take other columns of a frame than the others."""
    first = ColumnTransformer([("z", preprocessing.StandardScaler(), draw.pick(["x0"], ["x0", "visits"]))])
    second = ColumnTransformer([("o", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["city"])])
    third = ColumnTransformer([("p", "passthrough", ["x1"])])
    return [(name, make_pipeline(columns, last()) if last else columns)
            for name, columns in (("a", first), ("b", second), ("c", third))]  # fmt: skip


@KINDS.kind("columns apart", 5)
def _columns_apart(draw):
    X, test = frame(draw)
    y = labels(draw, X[["x0", "x1"]].to_numpy(), 2, "words") if draw.index < 3 else X["x0"] * 2
    model = (
        lambda: ensemble.VotingClassifier(_apart(draw, linear_model.LogisticRegression), voting="soft"),
        lambda: ensemble.StackingClassifier(_apart(draw, linear_model.LogisticRegression), cv=2),
        lambda: make_pipeline(FeatureUnion(_apart(draw, None)), linear_model.LogisticRegression()),
        lambda: ensemble.VotingRegressor(_apart(draw, linear_model.Ridge)),
        lambda: ensemble.StackingRegressor(_apart(draw, linear_model.Ridge), cv=2),
    )[draw.index]()
    return scikit_learn(draw, model, Data(X, y, test))


@KINDS.kind("one label always there", 3)
def _always(draw):
    data = multilabel(draw, outputs=3, features=3)
    data.y[:, draw.turn(0, 1, 2)] = 1
    return scikit_learn(draw, multiclass.OneVsRestClassifier(linear_model.LogisticRegression()), data)
