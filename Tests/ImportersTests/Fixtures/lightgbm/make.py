"""Trains boosters on data sets that scikit-learn ships, and records what LightGBM predicts itself.

    python make.py    # LightGBM 4.7.0, NumPy 2.4.6; and again with LightGBM 3.3.5, NumPy 1.23.5

Every seed is 0. `<case>.npz` holds X (single precision, NaN for missing) and predictions; cases.json lists the files.
"""

import json
import pathlib
import pickle

import joblib
import lightgbm as lgb
import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
folder = here / lgb.__version__
folder.mkdir(exist_ok=True)
cases = {}


def single(X):
    """Doubles that are floats, as in the exported model."""
    return np.asarray(X, dtype=np.float32).astype(float)


random = np.random.RandomState(0)
iris = single(load_iris().data), load_iris().target
cancer = single(load_breast_cancer().data[:, :8]), load_breast_cancer().target
diabetes = single(load_diabetes().data * 100), load_diabetes().target
holes = cancer[0].copy()
holes[random.rand(*holes.shape) < 0.2] = np.nan
zeros = np.where(random.rand(*diabetes[0].shape) < 0.3, 0, diabetes[0])
zeros[random.rand(*zeros.shape) < 0.05] = np.nan
categories = np.column_stack([random.randint(0, 40, 442), random.randint(0, 3, 442), diabetes[0][:, :3]]).astype(float)
effect = random.randn(40)[categories[:, 0].astype(int)] * 80 + diabetes[1]
shape = dict(n_estimators=6, num_leaves=6, min_child_samples=5, random_state=0, n_jobs=1, verbose=-1)
odd = np.array([np.nan, np.inf, -np.inf, 0, -0.0, 1e-36, -1e-36, 1e-30, -1, -0.5, 2.5, 77, 1e9])


def write(model, path):
    booster = getattr(model, "booster_", model)
    match path.suffix:
        case ".txt":
            booster.save_model(path)
        case ".json":
            path.write_text(json.dumps(booster.dump_model()))
        case ".joblib":
            joblib.dump(model, path, compress=3)
        case ".pickle":
            path.write_bytes(pickle.dumps(model, 4))


def record(case, model, X, forms=(".txt", ".json")):
    X = X[np.random.RandomState(0).permutation(len(X))[:60]].copy()
    for row, value in enumerate(odd):
        if np.isfinite(value) or case not in ("linear", "linear_classes", "scaled"):
            X[row, row % X.shape[1]] = value
    arrays = {"X": X.astype(np.float32)}
    if isinstance(model, lgb.Booster):
        second = model.predict(X)
        arrays |= {"label": (second > 0.5).astype(int), "probabilities": np.column_stack([1 - second, second])}
    elif hasattr(model, "predict_proba"):
        probabilities = model.predict_proba(X)
        has_labels = forms[0] in (".joblib", ".pickle")
        arrays |= {"label": model.predict(X) if has_labels else probabilities.argmax(1), "probabilities": probabilities}
    else:
        arrays["prediction"] = model.predict(X)
    np.savez_compressed(folder / f"{case}.npz", **arrays)
    for form in forms:
        write(model, folder / f"{case}{form}")
    cases[case] = [f"{case}{form}" for form in forms]


record("binary", lgb.LGBMClassifier(**shape).fit(*cancer), cancer[0])
record("missing", lgb.LGBMClassifier(**shape).fit(holes, cancer[1]), holes)
record("use_missing", lgb.LGBMClassifier(use_missing=False, sigmoid=2, **shape).fit(holes, cancer[1]), holes)
record("multiclass", lgb.LGBMClassifier(**shape).fit(*iris), iris[0])
record("one_versus_all", lgb.LGBMClassifier(objective="multiclassova", **shape).fit(*iris), iris[0])
names = np.array(["no", "yes", "peut-être"])[iris[1]]
record("labels", lgb.LGBMClassifier(**shape).fit(iris[0], names), iris[0], (".joblib", ".pickle"))
record("scaled", make_pipeline(StandardScaler(), lgb.LGBMClassifier(**shape)).fit(iris[0], names), iris[0], (".joblib",))
record("one_class", lgb.LGBMClassifier(**shape).fit(iris[0], iris[1] * 0 + 3), iris[0], (".joblib",))
early = lgb.LGBMClassifier(**shape | dict(n_estimators=60, learning_rate=0.9))
early.fit(holes[::2], cancer[1][::2], eval_set=[(holes[1::2], cancer[1][1::2])], callbacks=[lgb.early_stopping(2)])
assert 0 < early.best_iteration_ < 60
record("early_stopping", early, holes, (".joblib",))
booster = lgb.train(dict(objective="binary", seed=0, num_threads=1, verbose=-1), lgb.Dataset(holes, cancer[1]), 6)
booster.best_iteration = 3
record("best_iteration", booster, holes, (".pickle", ".txt", ".json"))
record("regression", lgb.LGBMRegressor(**shape).fit(*diabetes), diabetes[0])
record("zero_as_missing", lgb.LGBMRegressor(zero_as_missing=True, **shape).fit(zeros, diabetes[1]), zeros)
record("categories", lgb.LGBMRegressor(cat_smooth=1, **shape).fit(categories, effect, categorical_feature=[0, 1]), categories)
record("linear", lgb.LGBMRegressor(linear_tree=True, **shape).fit(zeros, diabetes[1]), zeros)
record("linear_classes", lgb.LGBMClassifier(linear_tree=True, **shape).fit(*iris), iris[0])
record("sqrt", lgb.LGBMRegressor(reg_sqrt=True, **shape).fit(diabetes[0], diabetes[1] - 100), diabetes[0])
record("dart", lgb.LGBMRegressor(boosting_type="dart", **shape).fit(*diabetes), diabetes[0])
forest = dict(boosting_type="rf", bagging_freq=1, bagging_fraction=0.6)
record("forest", lgb.LGBMClassifier(**forest, **shape).fit(*iris), iris[0])
record("one_leaf", lgb.LGBMRegressor(**shape).fit(diabetes[0][:6], diabetes[1][:6]), diabetes[0])
for objective in ["fair", "gamma", "huber", "mape", "poisson", "quantile", "regression_l1", "tweedie"]:
    record(objective, lgb.LGBMRegressor(objective=objective, **shape).fit(*diabetes), diabetes[0], (".txt",))
for objective in ["cross_entropy", "cross_entropy_lambda"]:
    model = lgb.LGBMRegressor(objective=objective, **shape).fit(cancer[0], cancer[1] * 0.8 + 0.1)
    record(objective, model, cancer[0], (".txt",))
for objective in ["lambdarank", "rank_xendcg"]:
    model = lgb.LGBMRanker(objective=objective, **shape).fit(iris[0], iris[1], group=[15] * 10)
    record(objective, model, iris[0], (".txt", ".joblib"))
custom = lgb.LGBMRegressor(objective=lambda y, p: (p - y, np.ones_like(y)), **shape).fit(*diabetes)
record("custom", custom, diabetes[0])

versions = {"lightgbm": lgb.__version__, "numpy": np.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
