"""Trains models on data sets that scikit-learn ships, and records what CatBoost predicts itself.

    python make.py    # CatBoost 1.2.10, NumPy 2.4.6; and again with CatBoost 1.2, NumPy 1.23.5

Every seed is 0. `<case>.npz` holds the inputs by name, X (single precision, NaN for missing) or one for each column, and
predictions; cases.json lists the files.
"""

import json
import pathlib
import pickle

import catboost as cb
import joblib
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
folder = here / cb.__version__
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
frame = pd.DataFrame(diabetes[0][:, :3], columns=["age", "sex", "bmi"])
frame.insert(1, "colour", np.array(["rød", "blue", "", "c d"], dtype=object)[random.randint(0, 4, 442)])
frame.insert(3, "visits", random.randint(-2, 12, 442))
effect = diabetes[1] + 90 * (frame.colour == "rød") + 60 * (frame.visits % 2)
unseen = frame.copy()
unseen.loc[::7, "colour"] = "never seen"
unseen.loc[::9, "visits"] = 99
shape = dict(iterations=5, depth=3, random_seed=0, thread_count=1, verbose=0, allow_writing_files=False)


def write(model, path, pool):
    match path.suffix:
        case ".cbm":
            model.save_model(path)
        case ".json":
            model.save_model(path, format="json", pool=pool)
        case ".joblib":
            joblib.dump(model, path, compress=3)
        case ".pickle":
            path.write_bytes(pickle.dumps(model, 4))


def record(case, model, X, forms=(".json", ".cbm"), pool=None):
    X = X.iloc[:60] if isinstance(X, pd.DataFrame) else X[np.random.RandomState(0).permutation(len(X))[:60]]
    if isinstance(X, pd.DataFrame):
        kinds = {name: dict(colour="U", visits=np.int64).get(name, np.float32) for name in X}
        arrays = {name: X[name].to_numpy().astype(kind)[:, None] for name, kind in kinds.items()}
    else:
        arrays = {"X": X.astype(np.float32)}
    if hasattr(model, "predict_proba"):
        labels = np.asarray(model.predict(X))
        labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
        labels = labels.astype(str) if labels.dtype == object else labels
        arrays |= {"label": labels, "probabilities": model.predict_proba(X)}
    else:
        arrays["prediction"] = model.predict(X)
    np.savez_compressed(folder / f"{case}.npz", **arrays)
    for form in forms:
        write(model, folder / f"{case}{form}", pool)
    cases[case] = [f"{case}{form}" for form in forms]


def classifier(data, **parameters):
    return cb.CatBoostClassifier(**shape | parameters).fit(*data)


def regressor(data, **parameters):
    return cb.CatBoostRegressor(**shape | parameters).fit(*data)


record("binary", classifier(cancer), cancer[0], (".json", ".cbm", ".pickle"))
names = np.array(["no", "yes", "peut-être"], dtype=object)[iris[1]]
record("multiclass", classifier((iris[0], names)), iris[0], (".json", ".cbm", ".joblib"))
record("one_versus_all", classifier(iris, loss_function="MultiClassOneVsAll"), iris[0], (".json",))
record("floats", classifier((iris[0], iris[1] * 1.5)), iris[0], (".json",))
record("booleans", classifier((iris[0], iris[1] == 2)), iris[0], (".cbm",))
record("scaled", make_pipeline(StandardScaler(), cb.CatBoostClassifier(**shape)).fit(*iris), iris[0], (".joblib",))
model = classifier(cancer)
model.set_probability_threshold(0.3)
record("threshold", model, cancer[0])
for mode in ["Min", "Max"]:
    record(f"missing_{mode}", classifier((holes, cancer[1]), nan_mode=mode), holes)
record("labels", classifier((cancer[0], np.column_stack([cancer[1], cancer[0][:, 0] > 14])), loss_function="MultiLogloss"), cancer[0])
record("cross_entropy", classifier((cancer[0], cancer[1] * 0.8 + 0.1), loss_function="CrossEntropy"), cancer[0], (".json",))
for policy in ["Depthwise", "Lossguide"]:
    record(policy.lower(), regressor(diabetes, grow_policy=policy), diabetes[0])
    record(f"{policy.lower()}_classes", classifier(iris, grow_policy=policy), iris[0])
for loss in ["MAE", "Poisson", "RMSE", "RMSEWithUncertainty", "Tweedie:variance_power=1.5", "MultiQuantile:alpha=0.1,0.9"]:
    record(loss.split(":")[0], regressor(diabetes, loss_function=loss), diabetes[0], (".json",))
pairs = np.column_stack([diabetes[1], diabetes[0][:, 0]])
record("targets", regressor((diabetes[0], pairs), loss_function="MultiRMSE"), diabetes[0])
ranker = cb.CatBoostRanker(loss_function="YetiRank", bootstrap_type="No", **shape).fit(iris[0], iris[1], group_id=np.arange(150) // 10)
record("ranking", ranker, iris[0], (".cbm",))
model = regressor(diabetes)
model.set_scale_and_bias(0.5, [3])
record("scale", model, diabetes[0])

words = cb.Pool(frame.drop(columns="visits"), effect, cat_features=["colour"])
record("one_hot", regressor((words,), one_hot_max_size=10, iterations=9), unseen.drop(columns="visits"), (".json",), words)
numbers = cb.Pool(frame.drop(columns="colour"), effect, cat_features=["visits"])
record("one_hot_numbers", regressor((numbers,), one_hot_max_size=20, iterations=9), unseen.drop(columns="colour"), (".json", ".cbm"), numbers)
record("counts_numbers", regressor((numbers,), one_hot_max_size=2, iterations=9), unseen.drop(columns="colour"), (".json", ".cbm"), numbers)
both = cb.Pool(frame, effect, cat_features=["colour", "visits"])
ctrs = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"]
more = dict(one_hot_max_size=2, iterations=12, depth=4, simple_ctr=ctrs, combinations_ctr=ctrs, max_ctr_complexity=3)
record("counts", regressor((both,), **more), unseen, (".json",), both)
kinds = cb.Pool(frame, np.digitize(effect, [150, 250]), cat_features=["colour", "visits"])
record("counts_classes", classifier((kinds,), one_hot_max_size=2, iterations=9), unseen, (".json",), kinds)

versions = {"catboost": cb.__version__, "numpy": np.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
