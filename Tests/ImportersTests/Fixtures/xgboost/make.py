"""Trains boosters on data sets that scikit-learn ships, and records what XGBoost predicts itself.

    python make.py    # XGBoost 3.2.0, NumPy 2.4.6; and again with XGBoost 1.7.6, NumPy 1.23.5

Every seed is 0. `<case>.npz` holds X (single precision, NaN for missing) and predictions; cases.json lists the files.
"""

import json
import pathlib

import numpy as np
import xgboost as xgb
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

here = pathlib.Path(__file__).parent
folder = here / xgb.__version__
folder.mkdir(exist_ok=True)
cases = {}


def single(X):
    return np.asarray(X, dtype=np.float32)


iris = single(load_iris().data), load_iris().target
cancer = single(load_breast_cancer().data), load_breast_cancer().target
diabetes = single(load_diabetes().data), load_diabetes().target
holes = cancer[0].copy()
holes[np.random.RandomState(0).rand(*holes.shape) < 0.2] = np.nan
shape = dict(n_estimators=8, max_depth=3, learning_rate=0.3, random_state=0, n_jobs=1)


def record(case, model, X, forms=("json",)):
    X = X[np.random.RandomState(0).permutation(len(X))[:60]]
    arrays = {"X": X}
    if isinstance(model, xgb.Booster):
        matrix = xgb.DMatrix(X, feature_names=model.feature_names)
        arrays["prediction"] = model.predict(matrix)
    elif isinstance(model, xgb.XGBClassifier):
        arrays |= {"label": model.predict(X), "probabilities": model.predict_proba(X)}
    else:
        arrays["prediction"] = model.predict(X)
    np.savez_compressed(folder / f"{case}.npz", **arrays)
    for form in forms:
        model.save_model(folder / f"{case}.{form}")
    cases[case] = [f"{case}.{form}" for form in forms]


both = ("json", "ubj")
record("binary", xgb.XGBClassifier(**shape).fit(*cancer), cancer[0], both)
record("missing", xgb.XGBClassifier(**shape).fit(holes, cancer[1]), holes, both)
record("multiclass", xgb.XGBClassifier(**shape).fit(*iris), iris[0], both)
record("softmax", xgb.XGBClassifier(objective="multi:softmax", **shape).fit(*iris), iris[0])
record("base_score", xgb.XGBClassifier(base_score=0.2, **shape).fit(*cancer), cancer[0])
record("regression", xgb.XGBRegressor(**shape).fit(*diabetes), diabetes[0], both)
for objective in ["count:poisson", "reg:gamma", "reg:tweedie", "reg:squaredlogerror", "reg:absoluteerror", "reg:pseudohubererror"]:
    model = xgb.XGBRegressor(objective=objective, **shape).fit(*diabetes)
    record(objective.replace(":", "_"), model, diabetes[0])
record("reg_logistic", xgb.XGBRegressor(objective="reg:logistic", **shape).fit(cancer[0], cancer[1] * 0.8 + 0.1), cancer[0])
dart = dict(booster="dart", rate_drop=0.3, skip_drop=0.1)
record("dart", xgb.XGBClassifier(**dart, **shape).fit(*cancer), cancer[0], both)
record("random_forest", xgb.XGBRFClassifier(n_estimators=5, max_depth=3, random_state=0, n_jobs=1).fit(*iris), iris[0])
early = shape | dict(n_estimators=40, learning_rate=1.0)
model = xgb.XGBClassifier(early_stopping_rounds=2, **early)
model.fit(cancer[0][::2], cancer[1][::2], eval_set=[(cancer[0][1::2], cancer[1][1::2])], verbose=False)
record("early_stopping", model, cancer[0])
names = [name.replace(" ", "_") for name in load_diabetes().feature_names]
matrix = xgb.DMatrix(diabetes[0], diabetes[1], feature_names=names)
record("native", xgb.train(dict(max_depth=3, objective="reg:squarederror", seed=0, nthread=1), matrix, 6), diabetes[0], both)
matrix = xgb.DMatrix(cancer[0], cancer[1])
record("logitraw", xgb.train(dict(max_depth=3, objective="binary:logitraw", base_score=0.3, seed=0, nthread=1), matrix, 6), cancer[0])

versions = {"xgboost": xgb.__version__, "numpy": np.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
