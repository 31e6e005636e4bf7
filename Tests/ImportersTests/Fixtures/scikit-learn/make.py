"""Trains models on data sets that scikit-learn ships, and records what it predicts itself.

    python make.py            # scikit-learn 1.9.1, joblib 1.6.0, NumPy 2.4.6, pandas 3.1.1, lz4 4.4.5
    python make.py --old      # scikit-learn 1.1.3, joblib 1.1.1, NumPy 1.23.5: the folder 1.1.3

Every seed is 0. Inputs are single precision, as the exported models take them; predictions are scikit-learn's on the
same numbers in double precision. `<case>.npz` holds X and what was predicted; cases.json lists the files of a case.
"""

import gzip
import json
import pathlib
import pickle
import sys

import joblib
import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_linnerud, load_wine
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor

here = pathlib.Path(__file__).parent
old = "--old" in sys.argv
folder = here / sklearn.__version__
folder.mkdir(exist_ok=True)
cases = {}


def single(X):
    return np.asarray(X, dtype=np.float32).astype(np.float64)


iris = [single(load_iris().data), load_iris().target]
cancer = [single(load_breast_cancer().data), load_breast_cancer().target]
wine = [single(load_wine().data), load_wine().target]
diabetes = [single(load_diabetes().data), load_diabetes().target]
linnerud = [single(load_linnerud().data), load_linnerud().target]
names = load_iris().target_names


def record(case, model, X, files):
    """Writes the model under several names, and its predictions on a sample."""
    rows = np.random.RandomState(0).permutation(len(X))[:60]
    X = X[rows]
    arrays = {"X": X.astype(np.float32)}
    if hasattr(model, "predict_proba"):
        label = model.predict(X)
        arrays["label"] = np.asarray(label.tolist()) if label.dtype == object else label
        arrays["probabilities"] = model.predict_proba(X)
    elif hasattr(model, "predict"):
        arrays["prediction"] = model.predict(X)
    else:
        arrays["transformed"] = model.transform(X)
    np.savez_compressed(folder / f"{case}.npz", **arrays)
    for name, write in files.items():
        write(folder / name)
    cases[case] = sorted(files)


def joblibs(case, model, compressions=("none",)):
    def writer(compression):
        compress = 0 if compression == "none" else (compression, 3)
        return lambda path: joblib.dump(model, path, compress=compress)

    return {f"{case}.{c}.joblib": writer(c) for c in compressions}


def pickles(case, model, protocols):
    return {
        f"{case}.protocol{p}.pickle": (lambda path, p=p: path.write_bytes(pickle.dumps(model, p))) for p in protocols
    }


def fit(model, data):
    return model.fit(*data)


pipeline = fit(Pipeline([("scaler", StandardScaler()), ("classifier", LogisticRegression(max_iter=1000))]), iris)
compressions = ["none", "zlib", "gzip", "bz2", "lzma", "xz"] + ([] if old else ["lz4"])
files = joblibs("pipeline", pipeline, compressions) | pickles("pipeline", pipeline, range(6))
if not old:
    files["pipeline.gzip.pickle"] = lambda path: path.write_bytes(gzip.compress(pickle.dumps(pipeline), mtime=0))
record("pipeline", pipeline, iris[0], files)

strings = [iris[0], names[iris[1]]]
model = fit(Pipeline([("scaler", StandardScaler()), ("classifier", LogisticRegression(max_iter=1000))]), strings)
record("string_labels", model, iris[0], joblibs("string_labels", model) | pickles("string_labels", model, [2, 5]))
objects = [cancer[0], np.array(["malignant", "benign"], dtype=object)[cancer[1]]]
model = fit(Pipeline([("scaler", MinMaxScaler(clip=True)), ("pass", "passthrough"), ("classifier", LogisticRegression())]), objects)
record("object_labels", model, cancer[0], joblibs("object_labels", model) | pickles("object_labels", model, [2]))
for case, labels in [("bool_labels", cancer[1] == 1), ("float_labels", cancer[1] * 2.0), ("other_int_labels", cancer[1] * 10 - 5)]:
    model = fit(Pipeline([("scaler", StandardScaler()), ("classifier", LogisticRegression())]), [cancer[0], labels])
    record(case, model, cancer[0], joblibs(case, model))

options = {
    "unscaled": dict(solver="newton-cholesky" if not old else "newton-cg", max_iter=3000),
    "liblinear": dict(solver="liblinear"),
    "no_intercept": dict(fit_intercept=False, max_iter=1000),
}
if old:
    options |= {
        "ovr": dict(multi_class="ovr"),
        "multinomial": dict(multi_class="multinomial", max_iter=1000),
    }
for option, parameters in options.items():
    data = [("binary", cancer)] if option == "liblinear" and not old else [("binary", cancer), ("multiclass", wine)]
    for kind, (X, y) in data:
        model = fit(LogisticRegression(**parameters), [X, y])
        record(f"logistic_{option}_{kind}", model, X, joblibs(f"logistic_{option}_{kind}", model))

for case, scaler in {
    "scaler": StandardScaler(),
    "scaler_without_mean": StandardScaler(with_mean=False),
    "scaler_without_std": StandardScaler(with_std=False),
    "scaler_without_both": StandardScaler(with_mean=False, with_std=False),
    "min_max": MinMaxScaler(feature_range=(-1, 3)),
}.items():
    record(case, fit(scaler, wine), wine[0], joblibs(case, scaler))

for model in [LinearRegression(), Ridge(), Lasso(), ElasticNet()]:
    case = type(model).__name__
    record(case, fit(model, diabetes), diabetes[0], joblibs(case, model))
model = fit(LinearRegression(), linnerud)
record("LinearRegression_targets", model, linnerud[0], joblibs("LinearRegression_targets", model))

forest = dict(n_estimators=7, random_state=0)
for case, model, data in [
    ("forest", RandomForestClassifier(**forest), iris),
    ("forest_strings", RandomForestClassifier(max_depth=3, class_weight="balanced", **forest), strings),
    ("forest_shallow", RandomForestClassifier(max_depth=3, min_samples_leaf=5, **forest), cancer),
    ("ExtraTreesClassifier", ExtraTreesClassifier(max_depth=4, **forest), wine),
    ("DecisionTreeClassifier", DecisionTreeClassifier(max_depth=3, random_state=0), wine),
    ("ExtraTreeClassifier", ExtraTreeClassifier(random_state=0), iris),
    ("RandomForestRegressor", RandomForestRegressor(max_depth=5, **forest), diabetes),
    ("ExtraTreesRegressor", ExtraTreesRegressor(max_depth=4, **forest), diabetes),
    ("DecisionTreeRegressor", DecisionTreeRegressor(max_depth=5, random_state=0), diabetes),
    ("ExtraTreeRegressor", ExtraTreeRegressor(max_depth=5, random_state=0), diabetes),
    ("forest_targets", RandomForestRegressor(max_depth=3, **forest), linnerud),
]:
    fit(model, data)
    record(case, model, data[0], joblibs(case, model, ["zlib"]) | (pickles(case, model, [2, 4, 5]) if case == "forest" else {}))
model = fit(Pipeline([("scaler", StandardScaler()), ("forest", RandomForestClassifier(max_depth=4, **forest))]), cancer)
record("scaled_forest", model, cancer[0], joblibs("scaled_forest", model, ["zlib"]))

if not old:
    import pandas as pd

    frame = pd.DataFrame(iris[0], columns=load_iris().feature_names)
    model = Pipeline([("scaler", StandardScaler()), ("classifier", LogisticRegression())]).fit(frame, iris[1])
    record("frame", model, iris[0], joblibs("frame", model) | pickles("frame", model, [2]))
    holes = iris[0].copy()
    holes[np.random.RandomState(0).rand(*holes.shape) < 0.2] = np.nan
    model = fit(RandomForestClassifier(max_depth=4, **forest), [holes, iris[1]])
    record("forest_missing", model, holes, joblibs("forest_missing", model, ["zlib"]))

versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "joblib": joblib.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
