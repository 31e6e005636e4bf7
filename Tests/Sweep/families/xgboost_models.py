"""Boosters of XGBoost: objectives, boosters, targets, categories, missing values, early stopping."""

import numpy as np
import pandas as pd
import xgboost

from cases import Kinds
from models import Group, SavedFile, Trained, pickled
from tables import Data, classification, frame, multilabel, regression

KINDS = Kinds("XGBoost")


def _trees(draw):
    return dict(
        n_estimators=draw.whole(1, 12), max_depth=draw.pick(1, 3, 6), learning_rate=draw.uniform(0.05, 1),
        subsample=draw.pick(1.0, 0.7), reg_lambda=draw.pick(1, 0.1), min_child_weight=draw.pick(1, 5),
        tree_method=draw.pick("hist", "hist", "exact", "approx"), random_state=draw.seed(), n_jobs=1,
    )  # fmt: skip


def _saved(save):
    return [SavedFile("json", "json", lambda path: save(path)), SavedFile("ubj", "ubj", lambda path: save(path))]


def _wrapper(model, data, **fitting):
    """Fits a class of the scikit-learn kind; its files are those of `save_model` and pickles of itself."""
    model.fit(data.X, data.y, verbose=False, **fitting)
    methods = {"predict": lambda: model.predict(data.test)}
    if hasattr(model, "predict_proba"):
        methods["predict_proba"] = lambda: model.predict_proba(data.test)
    files = [*_saved(model.save_model), *pickled(model)]
    return Trained(model, data.test, [Group(files, methods)], "XGBoost", data.X)


def _booster(parameters, matrix, rounds, data, methods=None):
    """Trains without a wrapper; `methods` go from the booster and the rows to predictions."""
    booster = xgboost.train(parameters | {"nthread": 1}, matrix, rounds)
    methods = methods or {"predict": booster.predict}
    test = xgboost.DMatrix(data.test, feature_types=matrix.feature_types)
    methods = {name: lambda predict=predict: predict(test) for name, predict in methods.items()}
    if parameters["objective"] == "binary:hinge":
        methods["predict_proba"] = lambda: np.stack([1 - booster.predict(test), booster.predict(test)], 1)
    if parameters["objective"].startswith(("binary:logistic", "multi:")):
        methods = {"predict": lambda: _classes(booster, test), "predict_proba": lambda: _probabilities(booster, test)}
    files = [*_saved(booster.save_model), *pickled(booster)[:1]]
    return Trained(booster, data.test, [Group(files, methods)], "XGBoost", data.X)


def _probabilities(booster, test):
    margins = booster.predict(test, output_margin=True).astype(np.float64)
    if margins.ndim == 1:
        second = 1 / (1 + np.exp(-margins))
        return np.stack([1 - second, second], 1)
    exponents = np.exp(margins - margins.max(1, keepdims=True))
    return exponents / exponents.sum(1, keepdims=True)


def _classes(booster, test):
    values = booster.predict(test)
    return values.argmax(1) if values.ndim == 2 else (values > 0.5).astype(int) if values.max() <= 1 else values


def _missing(draw):
    return draw.pick(0, 0, 0.15)


@KINDS.kind("XGBClassifier", 5)
def _classifier(draw):
    data = classification(draw, kind="ints", missing=_missing(draw), extreme=True)
    return _wrapper(xgboost.XGBClassifier(**_trees(draw)), data)


@KINDS.kind("XGBRegressor", 3)
def _regressor(draw):
    return _wrapper(xgboost.XGBRegressor(**_trees(draw)), regression(draw, missing=_missing(draw), extreme=True))


def _objective(name, count=1, **options):
    def train(draw):
        positive = name in ("count:poisson", "reg:gamma", "reg:tweedie", "reg:squaredlogerror")
        data = regression(draw, positive=positive, missing=_missing(draw))
        if name == "reg:logistic":
            data.y = 1 / (1 + np.exp(-np.clip(data.y, -5, 5)))
        model = xgboost.XGBRegressor(objective=name, **options, **_trees(draw) | dict(max_depth=3, learning_rate=0.3))
        return _wrapper(model, data)

    KINDS.kind(name, count)(train)


for _name in ("count:poisson", "reg:absoluteerror", "reg:gamma", "reg:logistic", "reg:pseudohubererror",
              "reg:squaredlogerror"):  # fmt: skip
    _objective(_name)
_objective("reg:tweedie", tweedie_variance_power=1.3)
_objective("reg:quantileerror", quantile_alpha=0.7)


@KINDS.kind("several quantiles", 1)
def _quantiles(draw):
    model = xgboost.XGBRegressor(objective="reg:quantileerror", quantile_alpha=[0.1, 0.5, 0.9], **_trees(draw) | dict(
        tree_method="hist"))  # fmt: skip
    return _wrapper(model, regression(draw, missing=_missing(draw)))


@KINDS.kind("base score", 2)
def _base_score(draw):
    score = draw.turn(0.2, 0.9)
    if draw.index == 0:
        return _wrapper(xgboost.XGBClassifier(base_score=score, **_trees(draw)), classification(draw, 2, "ints"))
    return _wrapper(xgboost.XGBRegressor(base_score=score, **_trees(draw)), regression(draw))


@KINDS.kind("dart", 3)
def _dart(draw):
    options = dict(booster="dart", rate_drop=0.3, skip_drop=0.3, **_trees(draw) | dict(tree_method="hist"))
    if draw.turn(True, False):
        return _wrapper(xgboost.XGBClassifier(**options), classification(draw, draw.whole(2, 3), "ints"))
    return _wrapper(xgboost.XGBRegressor(**options), regression(draw))


@KINDS.kind("gblinear", 3)
def _linear(draw):
    options = dict(booster="gblinear", n_estimators=10, n_jobs=1, reg_lambda=draw.pick(0, 0.1))
    if draw.turn(True, False, True):
        data = classification(draw, (2, 0, 3)[draw.index], "ints", styles=("normal",))
        return _wrapper(xgboost.XGBClassifier(**options), data)
    return _wrapper(xgboost.XGBRegressor(**options), regression(draw, styles=("normal",)))


@KINDS.kind("forest", 2)
def _forest(draw):
    options = dict(n_estimators=5, max_depth=4, n_jobs=1, random_state=draw.seed())
    if draw.turn(True, False):
        return _wrapper(xgboost.XGBRFClassifier(**options), classification(draw, draw.whole(2, 3), "ints"))
    return _wrapper(xgboost.XGBRFRegressor(**options), regression(draw))


@KINDS.kind("several targets", 3)
def _targets(draw):
    strategy = draw.turn("one_output_per_tree", "multi_output_tree", "multi_output_tree")
    options = _trees(draw) | dict(tree_method="hist", subsample=1.0, multi_strategy=strategy)
    return _wrapper(xgboost.XGBRegressor(**options), regression(draw, targets=3, missing=_missing(draw)))


@KINDS.kind("several labels", 2)
def _labels(draw):
    strategy = draw.turn("one_output_per_tree", "multi_output_tree")
    options = _trees(draw) | dict(tree_method="hist", subsample=1.0, multi_strategy=strategy)
    return _wrapper(xgboost.XGBClassifier(**options), multilabel(draw))


@KINDS.kind("vector leaves of classes", 1)
def _vector_classes(draw):
    options = _trees(draw) | dict(tree_method="hist", subsample=1.0, multi_strategy="multi_output_tree")
    return _wrapper(xgboost.XGBClassifier(**options), classification(draw, 3, "ints"))


def _coded(draw, data):
    """Whole numbers as categories in the first column."""
    count = draw.pick(3, 12, 40)
    X, test = (np.column_stack([draw.arrays.integers(0, count, len(part)).astype(float), part])
               for part in (data.X, data.test))  # fmt: skip
    test[:3, 0] = count, np.nan, count + 5
    return Data(X, data.y + (X[:, 0] % 3 == 0), test)


@KINDS.kind("categories as codes", 3)
def _categories(draw):
    data = _coded(draw, regression(draw, features=3, styles=("normal",)))
    matrix = xgboost.DMatrix(data.X, data.y, feature_types=["c", "q", "q", "q"], enable_categorical=True)
    one_hot = draw.turn(1, 100, 4)
    parameters = dict(objective="reg:squarederror", max_depth=3, tree_method="hist", max_cat_to_onehot=one_hot)
    return _booster(parameters, matrix, 6, data)


@KINDS.kind("categories of a frame", 2)
def _frame(draw):
    X, test = frame(draw, unseen=False, texts=("colour", "city"), integers=())
    for name in ("colour", "city"):
        kind = pd.CategoricalDtype(sorted(set(X[name])))
        X[name], test[name] = X[name].astype(kind), test[name].astype(kind)
    y = X[next(name for name in X if name.startswith("x"))].to_numpy() + X["city"].cat.codes.to_numpy() % 3
    model = xgboost.XGBRegressor(enable_categorical=True, max_cat_to_onehot=draw.turn(1, 100), **_trees(draw) | dict(
        tree_method="hist"))  # fmt: skip
    return _wrapper(model, Data(X, y, test))


@KINDS.kind("other missing value", 1)
def _other_missing(draw):
    data = regression(draw, features=3, styles=("normal",), constant=False)
    for part in (data.X, data.test):
        part[draw.arrays.random(part.shape) < 0.2] = -999
    model = xgboost.XGBRegressor(missing=-999, **_trees(draw)).fit(data.X, data.y)
    plain = xgboost.DMatrix(data.test, missing=np.nan)
    booster = model.get_booster()
    groups = [
        Group(pickled(model), {"predict": lambda: model.predict(data.test)}),
        Group(_saved(booster.save_model), {"predict": lambda: booster.predict(plain)}),
    ]
    return Trained(model, data.test, groups, "XGBoost", data.X)


@KINDS.kind("early stopping", 3)
def _early(draw):
    options = dict(early_stopping_rounds=1, **_trees(draw) | dict(n_estimators=15, learning_rate=1.0, max_depth=6))
    if draw.turn(True, False, True):
        data, model = classification(draw, (2, 0, 3)[draw.index], "ints"), xgboost.XGBClassifier(**options)
    else:
        data, model = regression(draw), xgboost.XGBRegressor(**options)
    half = len(data.y) // 2
    held = [(data.X[half:], data.y[half:])]
    return _wrapper(model, Data(data.X[:half], data.y[:half], data.test), eval_set=held)


@KINDS.kind("column names", 1)
def _names(draw):
    data = regression(draw, features=3)
    names = ["a b", "Ünïcode", "x_2"]
    data.X, data.test = pd.DataFrame(data.X, columns=names), pd.DataFrame(data.test, columns=names)
    return _wrapper(xgboost.XGBRegressor(**_trees(draw)), data)


def _plain(objective, **parameters):
    """A booster of `xgboost.train`, of an objective that the classes of the scikit-learn kind do not have."""

    def train(draw):
        data = regression(draw, missing=_missing(draw))
        matrix = xgboost.DMatrix(data.X, data.y)
        if objective.startswith(("binary:", "rank:")):
            matrix.set_label((data.y > np.median(data.y)).astype(int))
        if objective.startswith("multi:"):
            matrix.set_label(np.arange(len(data.y)) % 3)
        if objective.startswith("rank:"):
            matrix.set_group([len(data.y) // 2, len(data.y) - len(data.y) // 2])
        if objective == "survival:aft":
            matrix.set_float_info("label_lower_bound", np.abs(data.y) + 0.1)
            matrix.set_float_info("label_upper_bound", np.abs(data.y) + 2)
        parameter_values = dict(objective=objective, max_depth=3, **parameters)
        return _booster(parameter_values, matrix, draw.whole(1, 10), data)

    KINDS.kind(objective, 1)(train)


for _name in ("binary:hinge", "binary:logistic", "binary:logitraw", "rank:map", "rank:ndcg", "rank:pairwise",
              "survival:aft", "survival:cox"):  # fmt: skip
    _plain(_name)
_plain("multi:softmax", num_class=3)
_plain("multi:softprob", num_class=3)


@KINDS.kind("XGBRanker", 1)
def _ranker(draw):
    data = regression(draw)
    data.y = (data.y > np.median(data.y)).astype(int)
    groups = np.arange(len(data.y)) // 20
    return _wrapper(xgboost.XGBRanker(n_estimators=6, max_depth=3, n_jobs=1), data, qid=groups)


@KINDS.kind("class numbers", 2)
def _class_numbers(draw):
    data = classification(draw, 3, "ints")
    data.y = np.unique(data.y, return_inverse=True)[1]
    objective = draw.turn("multi:softmax", "multi:softprob")
    return _wrapper(xgboost.XGBRegressor(objective=objective, num_class=3, **_trees(draw)), data)


@KINDS.kind("one class", 2)
def _one_class(draw):
    data = classification(draw, 2, "ints")
    booster = draw.turn("gbtree", "gblinear")
    return _wrapper(xgboost.XGBClassifier(booster=booster, n_estimators=4, n_jobs=1), Data(
        data.X, np.zeros(len(data.y), int), data.test))  # fmt: skip


@KINDS.kind("no splits", 1)
def _no_splits(draw):
    model = xgboost.XGBRegressor(n_estimators=draw.whole(1, 3), gamma=1e9, n_jobs=1)
    return _wrapper(model, regression(draw))
