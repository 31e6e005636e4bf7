"""Trains boosters on data sets that scikit-learn ships, and records what XGBoost predicts itself.

    python make.py    # XGBoost 3.2.0, NumPy 2.4.6; and again with XGBoost 1.7.6, NumPy 1.23.5

Every seed is 0. `<case>.npz` holds X (single precision, NaN for missing) and predictions; cases.json lists the files.
"""

import json
import pathlib
import pickle

import joblib
import numpy as np
import xgboost as xgb
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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
    arrays = {"X": single(X)}
    if isinstance(model, xgb.Booster):
        matrix = xgb.DMatrix(X, feature_names=model.feature_names)
        arrays["prediction"] = model.predict(matrix)
    elif hasattr(model, "predict_proba"):
        arrays |= {"label": model.predict(X), "probabilities": model.predict_proba(X)}
    else:
        arrays["prediction"] = model.predict(X)
    np.savez_compressed(folder / f"{case}.npz", **arrays)
    for form in forms:
        path = folder / f"{case}.{form}"
        if form == "joblib":
            joblib.dump(model, path, compress=3)
        elif form == "pickle":
            path.write_bytes(pickle.dumps(model, 4))
        else:
            model.save_model(path)
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
model_with_early_stopping = model
names = [name.replace(" ", "_") for name in load_diabetes().feature_names]
matrix = xgb.DMatrix(diabetes[0], diabetes[1], feature_names=names)
record("native", xgb.train(dict(max_depth=3, objective="reg:squarederror", seed=0, nthread=1), matrix, 6), diabetes[0], both)
matrix = xgb.DMatrix(cancer[0], cancer[1])
record("logitraw", xgb.train(dict(max_depth=3, objective="binary:logitraw", base_score=0.3, seed=0, nthread=1), matrix, 6), cancer[0])

random = np.random.RandomState(0)
pickled = ("joblib", "pickle")
record("pickled", xgb.XGBClassifier(**shape).fit(*iris), iris[0], pickled)
record("pickled_early_stopping", model_with_early_stopping, cancer[0], ("joblib",))
doubles = iris[0].astype(float)
record("scaled", make_pipeline(StandardScaler(), xgb.XGBClassifier(**shape)).fit(doubles, iris[1]), doubles, ("joblib",))
record("missing_zero", xgb.XGBRegressor(missing=0.0, **shape).fit(np.round(diabetes[0] * 10), diabetes[1]), np.round(diabetes[0] * 10), ("joblib",))
record("linear", xgb.XGBRegressor(booster="gblinear", n_estimators=8, n_jobs=1).fit(*diabetes), diabetes[0], both)
record("linear_classes", xgb.XGBClassifier(booster="gblinear", n_estimators=8, n_jobs=1).fit(*iris), iris[0])
pairs = np.column_stack([diabetes[1], diabetes[0][:, 0] * 100])
record("targets", xgb.XGBRegressor(**shape).fit(diabetes[0], pairs), diabetes[0], both)
record("labels", xgb.XGBClassifier(**shape).fit(cancer[0], np.column_stack([cancer[1], cancer[0][:, 0] > 14])), cancer[0], ("json", "joblib"))
record("hinge", xgb.XGBClassifier(objective="binary:hinge", **shape).fit(*cancer), cancer[0])
codes = np.column_stack([random.randint(0, 40, 442), random.randint(0, 3, 442), diabetes[0][:, :2]])
effect = random.randn(40)[codes[:, 0].astype(int)] * 80 + diabetes[1]
kinds = dict(feature_types=["c", "c", "q", "q"], enable_categorical=True, tree_method="hist")
for name, size in [("partition", 1), ("one_hot", 100)]:
    model = xgb.XGBRegressor(max_cat_to_onehot=size, **kinds, **shape).fit(single(codes), effect)
    X = single(codes)
    X[::5, 0] = 50
    X[1::5, 1] = np.nan
    record(name, model, X, both)
for objective in ["rank:map", "rank:ndcg", "rank:pairwise"]:
    model = xgb.XGBRanker(objective=objective, **shape).fit(cancer[0][:560], cancer[1][:560], qid=np.arange(560) // 10)
    record(objective.replace(":", "_"), model, cancer[0])
record("survival_cox", xgb.XGBRegressor(objective="survival:cox", **shape).fit(*diabetes), diabetes[0])
matrix = xgb.DMatrix(diabetes[0], label_lower_bound=diabetes[1], label_upper_bound=diabetes[1] * 1.5)
record("survival_aft", xgb.train(dict(max_depth=3, objective="survival:aft", nthread=1), matrix, 6), diabetes[0])
record("class_numbers", xgb.XGBRegressor(objective="multi:softmax", num_class=3, **shape).fit(*iris), iris[0], ("json", "pickle"))
if xgb.__version__ >= "3.2":
    record("one_class", xgb.XGBClassifier(**shape).fit(iris[0], iris[1] * 0), iris[0], ("json", "pickle"))
if xgb.__version__ >= "2":
    record("vectors", xgb.XGBRegressor(multi_strategy="multi_output_tree", **shape).fit(diabetes[0], pairs), diabetes[0], both)
    record("quantiles", xgb.XGBRegressor(objective="reg:quantileerror", quantile_alpha=[0.1, 0.9], **shape).fit(*diabetes), diabetes[0])
else:
    model.save_model(here.parent / "bad" / "xgboost.deprecated")

versions = {"xgboost": xgb.__version__, "numpy": np.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
