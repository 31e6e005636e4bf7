"""Models of CatBoost: shapes of trees, objectives, categories by one-hot and by statistics, missing values."""

import catboost
import numpy as np

from cases import Kinds
from models import Group, SavedFile, Trained
from tables import Data, classification, frame, labels, multilabel, regression

KINDS = Kinds("CatBoost")
POLICIES = ("SymmetricTree", "Depthwise", "Lossguide")


def _trees(draw):
    return dict(
        iterations=draw.whole(1, 12), depth=draw.whole(1, 5), learning_rate=draw.uniform(0.05, 0.8),
        border_count=draw.pick(254, 16), l2_leaf_reg=draw.pick(1, 3), random_seed=draw.whole(0, 9999),
        nan_mode=draw.pick("Min", "Max"), thread_count=1, verbose=False, allow_writing_files=False,
    )  # fmt: skip


def _trained(model, data, **fitting):
    pool = catboost.Pool(data.X, data.y, **fitting)
    model.fit(pool)
    methods = {"predict": lambda: model.predict(data.test)}
    if hasattr(model, "predict_proba"):
        methods["predict_proba"] = lambda: model.predict_proba(data.test)
    files = [
        SavedFile("cbm", "cbm", lambda path: model.save_model(str(path), format="cbm")),
        SavedFile("json", "json", lambda path: model.save_model(str(path), format="json", pool=pool)),
    ]
    return Trained(model, data.test, [Group(files, methods)], "CatBoost", data.X)


def _missing(draw):
    return draw.pick(0, 0, 0.15)


@KINDS.kind("CatBoostClassifier", 6)
def _classifier(draw):
    kind = draw.pick("ints", "words", "other ints")
    data = classification(draw, kind=kind, missing=_missing(draw), extreme=True)
    policy = draw.turn("SymmetricTree", "SymmetricTree", "Depthwise", "Lossguide")
    return _trained(catboost.CatBoostClassifier(grow_policy=policy, **_trees(draw)), data)


@KINDS.kind("CatBoostRegressor", 4)
def _regressor(draw):
    data = regression(draw, missing=_missing(draw), extreme=True)
    return _trained(catboost.CatBoostRegressor(grow_policy=draw.turn(*POLICIES), **_trees(draw)), data)


def _objective(name, **options):
    def train(draw):
        data = regression(draw, positive=name.startswith(("Poisson", "Tweedie", "LogCosh")), missing=_missing(draw))
        return _trained(catboost.CatBoostRegressor(loss_function=name, **options, **_trees(draw)), data)

    KINDS.kind(name.split(":")[0], 1)(train)


for _name in (
    "Expectile:alpha=0.3", "Huber:delta=1.0", "LogCosh", "MAE", "MAPE", "Poisson", "Quantile:alpha=0.7",
    "Tweedie:variance_power=1.5",
):  # fmt: skip
    _objective(_name)


@KINDS.kind("MultiClassOneVsAll", 1)
def _one_versus_all(draw):
    data = classification(draw, draw.whole(3, 4), draw.pick("ints", "words"))
    return _trained(catboost.CatBoostClassifier(loss_function="MultiClassOneVsAll", **_trees(draw)), data)


@KINDS.kind("CrossEntropy", 1)
def _cross_entropy(draw):
    data = classification(draw, 2, "ints")
    return _trained(catboost.CatBoostClassifier(loss_function="CrossEntropy", **_trees(draw)), data)


@KINDS.kind("MultiRMSE", 2)
def _targets(draw):
    data = regression(draw, targets=draw.whole(2, 3))
    return _trained(catboost.CatBoostRegressor(loss_function="MultiRMSE", **_trees(draw)), data)


@KINDS.kind("MultiLogloss", 1)
def _labels(draw):
    return _trained(catboost.CatBoostClassifier(loss_function="MultiLogloss", **_trees(draw)), multilabel(draw))


@KINDS.kind("RMSEWithUncertainty", 1)
def _uncertainty(draw):
    return _trained(catboost.CatBoostRegressor(loss_function="RMSEWithUncertainty", **_trees(draw)), regression(draw))


@KINDS.kind("YetiRank", 1)
def _ranker(draw):
    data = regression(draw)
    groups = np.arange(len(data.y)) // 20
    return _trained(catboost.CatBoostRanker(loss_function="YetiRank", **_trees(draw)), data, group_id=groups)


def _frame(draw, **options):
    X, test = frame(draw, texts=("colour", "city"), integers=("visits",), unseen=draw.flag(), **options)
    names = ["colour", "city"]
    return X, test, names


@KINDS.kind("categories as one-hot", 3)
def _one_hot(draw):
    X, test, names = _frame(draw, missing=_missing(draw))
    y = labels(draw, np.nan_to_num(X.drop(columns=names).to_numpy(float)), draw.turn(2, 3), "ints")
    model = catboost.CatBoostClassifier(one_hot_max_size=20, **_trees(draw))
    return _trained(model, Data(X, y, test), cat_features=names)


@KINDS.kind("categories by statistics", 3)
def _statistics(draw):
    X, test, names = _frame(draw)
    y = X[next(name for name in X if name.startswith("x"))].to_numpy() + X["city"].map(len).to_numpy() % 3
    options = dict(one_hot_max_size=2, max_ctr_complexity=draw.turn(1, 2, 1))
    if draw.index == 1:
        y = np.digitize(y, np.quantile(y, [0.5]))
        return _trained(catboost.CatBoostClassifier(**options, **_trees(draw)), Data(X, y, test), cat_features=names)
    return _trained(catboost.CatBoostRegressor(**options, **_trees(draw)), Data(X, y, test), cat_features=names)


@KINDS.kind("whole numbers as categories", 1)
def _numbers(draw):
    X, test, names = _frame(draw)
    X, test = X.drop(columns=names), test.drop(columns=names)
    model = catboost.CatBoostRegressor(one_hot_max_size=10, **_trees(draw))
    y = X[next(name for name in X if name.startswith("x"))].to_numpy() + X["visits"].to_numpy() % 2
    return _trained(model, Data(X, y, test), cat_features=["visits"])


@KINDS.kind("scale and bias", 1)
def _scale(draw):
    data = regression(draw)
    trained = _trained(catboost.CatBoostRegressor(**_trees(draw)), data)
    trained.model.set_scale_and_bias(draw.uniform(0.5, 2), draw.uniform(-3, 3))
    return trained
