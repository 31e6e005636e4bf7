"""Boosters of LightGBM: objectives, kinds of boosting, categories, linear trees, missing values."""

import json

import lightgbm
import numpy as np
import pandas as pd

from cases import Kinds
from models import Group, SavedFile, Trained, pickled
from tables import Data, classification, frame, regression

KINDS = Kinds("LightGBM")


def _trees(draw):
    return dict(
        n_estimators=draw.whole(1, 12), num_leaves=draw.pick(2, 7, 31), learning_rate=draw.uniform(0.05, 0.8),
        min_child_samples=draw.pick(2, 10), max_bin=draw.pick(255, 15), reg_lambda=draw.pick(0.0, 1.0),
        random_state=draw.seed(), n_jobs=1, verbose=-1,
    )  # fmt: skip


def _texts(booster):
    dump = json.dumps(booster.dump_model())
    return [
        SavedFile("text", "txt", lambda path: booster.save_model(path)),
        SavedFile("dump", "json", lambda path: path.write_text(dump)),
    ]


def _wrapper(model, data, **fitting):
    """Fits a class of the scikit-learn kind; texts know no labels of classes but their numbers."""
    model.fit(data.X, data.y, **fitting)
    methods = {"predict": lambda: model.predict(data.test)}
    texts, pickles = _texts(model.booster_), pickled(model)
    if not hasattr(model, "predict_proba"):
        return Trained(model, data.test, [Group([*texts, *pickles], methods)], "LightGBM", data.X)
    methods["predict_proba"] = lambda: model.predict_proba(data.test)
    classes = np.asarray(model.classes_)
    if classes.tolist() == list(range(len(classes))) and classes.dtype.kind == "i":
        return Trained(model, data.test, [Group([*texts, *pickles], methods)], "LightGBM", data.X)
    numbers = methods | {"predict": lambda: np.searchsorted(classes, model.predict(data.test))}
    return Trained(model, data.test, [Group(pickles, methods), Group(texts, numbers)], "LightGBM", data.X)


def _booster(parameters, data, rounds, predict=None, **options):
    parameters = dict(num_threads=1, verbose=-1, min_data_in_leaf=3) | parameters
    set_options = {name: options[name] for name in ("categorical_feature", "group") if name in options}
    booster = lightgbm.train(parameters, lightgbm.Dataset(data.X, data.y, params=parameters, **set_options), rounds)
    methods = {"predict": lambda: (predict or booster.predict)(data.test)}
    files = [*_texts(booster), *pickled(booster)[:1]]
    return Trained(booster, data.test, [Group(files, methods)], "LightGBM", data.X)


def _missing(draw):
    return draw.pick(0, 0, 0.15)


@KINDS.kind("LGBMClassifier", 6)
def _classifier(draw):
    data = classification(draw, missing=_missing(draw), extreme=True)
    return _wrapper(lightgbm.LGBMClassifier(**_trees(draw)), data)


@KINDS.kind("LGBMRegressor", 4)
def _regressor(draw):
    return _wrapper(lightgbm.LGBMRegressor(**_trees(draw)), regression(draw, missing=_missing(draw), extreme=True))


def _objective(name, **options):
    def train(draw):
        data = regression(draw, positive=name in ("poisson", "gamma", "tweedie"), missing=_missing(draw))
        if name.startswith("cross_entropy"):
            data.y = 1 / (1 + np.exp(-np.clip(data.y, -5, 5)))
        return _wrapper(lightgbm.LGBMRegressor(objective=name, **options, **_trees(draw)), data)

    KINDS.kind(name, 1)(train)


for _name in ("cross_entropy", "cross_entropy_lambda", "fair", "gamma", "huber", "mape", "poisson", "regression_l1"):
    _objective(_name)
_objective("quantile", alpha=0.7)
_objective("tweedie", tweedie_variance_power=1.3)
_objective("regression", reg_sqrt=True)


@KINDS.kind("binary with a sigmoid", 1)
def _sigmoid(draw):
    model = lightgbm.LGBMClassifier(sigmoid=2.5, is_unbalance=draw.flag(), **_trees(draw))
    return _wrapper(model, classification(draw, 2, "ints"))


@KINDS.kind("multiclassova", 2)
def _one_versus_all(draw):
    return _wrapper(
        lightgbm.LGBMClassifier(objective="multiclassova", **_trees(draw)), classification(draw, draw.whole(3, 4))
    )


@KINDS.kind("lambdarank", 1)
def _ranker(draw):
    data = regression(draw)
    data.y = np.digitize(data.y, np.quantile(data.y, [0.5, 0.8]))
    return _wrapper(lightgbm.LGBMRanker(**_trees(draw)), data, group=[len(data.y) // 2, len(data.y) - len(data.y) // 2])


@KINDS.kind("own objective", 1)
def _own(draw):
    def objective(predictions, dataset):
        return predictions - dataset.get_label(), np.ones_like(predictions)

    return _booster(dict(objective=objective, num_leaves=7), regression(draw), 5)


@KINDS.kind("forest", 3)
def _forest(draw):
    options = dict(boosting_type="rf", subsample=0.7, subsample_freq=1, **_trees(draw))
    if draw.turn(True, False, True):
        return _wrapper(lightgbm.LGBMClassifier(**options), classification(draw, (2, 0, 3)[draw.index]))
    return _wrapper(lightgbm.LGBMRegressor(**options), regression(draw, missing=_missing(draw)))


@KINDS.kind("dart", 2)
def _dart(draw):
    options = dict(boosting_type="dart", drop_rate=0.3, **_trees(draw))
    if draw.turn(True, False):
        return _wrapper(lightgbm.LGBMClassifier(**options), classification(draw, draw.whole(2, 3)))
    return _wrapper(lightgbm.LGBMRegressor(**options), regression(draw))


@KINDS.kind("goss", 1)
def _goss(draw):
    return _wrapper(lightgbm.LGBMRegressor(data_sample_strategy="goss", **_trees(draw)), regression(draw))


@KINDS.kind("linear trees", 3)
def _linear(draw):
    data = regression(draw, styles=("normal", "skewed"), missing=draw.turn(0, 0.15, 0))
    return _booster(dict(objective="regression", linear_tree=True, num_leaves=draw.pick(3, 7), linear_lambda=0.1), data,
                    draw.whole(1, 6))  # fmt: skip


@KINDS.kind("zero as missing", 2)
def _zeros(draw):
    data = regression(draw, styles=("sparse", "integers"), missing=draw.turn(0, 0.1))
    return _booster(dict(objective="regression", zero_as_missing=True, num_leaves=7), data, 5)


@KINDS.kind("missing unused", 1)
def _unused(draw):
    data = regression(draw)
    data.test[draw.arrays.random(data.test.shape) < 0.1] = np.nan
    return _booster(dict(objective="regression", use_missing=draw.flag(), num_leaves=7), data, 5)


@KINDS.kind("missing in prediction alone", 1)
def _unforeseen(draw):
    data = regression(draw, styles=("shifted", "normal"), features=3)
    data.test[draw.arrays.random(data.test.shape) < 0.2] = np.nan
    return _wrapper(lightgbm.LGBMRegressor(**_trees(draw)), data)


@KINDS.kind("categories as codes", 3)
def _codes(draw):
    data = regression(draw, features=3, styles=("normal",))
    count = draw.turn(3, 12, 45)
    X, test = (np.column_stack([draw.arrays.integers(0, count, len(part)).astype(float), part])
               for part in (data.X, data.test))  # fmt: skip
    test[:4, 0] = count + 3, np.nan, -1, 1.5
    data = Data(X, data.y + 3 * (X[:, 0] % 3 == 0), test)
    parameters = dict(objective="regression", num_leaves=7, min_data_per_group=2, cat_smooth=1,
                      max_cat_to_onehot=draw.turn(4, 1))  # fmt: skip
    return _booster(parameters, data, 6, categorical_feature=[0])


@KINDS.kind("categories of a frame", 3)
def _frame(draw):
    X, test = frame(draw, unseen=False, texts=("colour", "city"), integers=())
    for name in ("colour", "city"):
        kind = pd.CategoricalDtype(sorted(set(X[name])))
        X[name], test[name] = X[name].astype(kind), test[name].astype(kind)
    y = X[next(name for name in X if name.startswith("x"))].to_numpy() + X["city"].cat.codes.to_numpy() % 3
    options = _trees(draw) | dict(num_leaves=7)
    if draw.turn(True, False):
        return _wrapper(lightgbm.LGBMRegressor(min_data_per_group=2, cat_smooth=1, **options), Data(X, y, test))
    labels = np.digitize(y, np.quantile(y, [0.5]))
    return _wrapper(lightgbm.LGBMClassifier(min_data_per_group=2, cat_smooth=1, **options), Data(X, labels, test))


@KINDS.kind("early stopping", 2)
def _early(draw):
    data = regression(draw) if draw.turn(True, False) else classification(draw, 3, "strings")
    half = len(data.y) // 2
    held = [(data.X[half:], data.y[half:])]
    kind = lightgbm.LGBMRegressor if draw.turn(True, False) else lightgbm.LGBMClassifier
    model = kind(**_trees(draw) | dict(n_estimators=15, learning_rate=0.8))
    stopping = lightgbm.early_stopping(1, verbose=False)
    return _wrapper(model, Data(data.X[:half], data.y[:half], data.test), eval_set=held, callbacks=[stopping])


@KINDS.kind("no splits", 1)
def _no_splits(draw):
    data = regression(draw)
    data.y = np.full(len(data.y), 2.5)
    return _wrapper(lightgbm.LGBMRegressor(n_estimators=3, verbose=-1, n_jobs=1), data)


@KINDS.kind("one class", 1)
def _one_class(draw):
    data = classification(draw, 2, "ints")
    data.y[:] = 1
    return _wrapper(lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1), data)
