"""Writes models as pickles and as skops files. scikit-learn 1.9.1, skops 0.16.0, NumPy 2.4.6, Python 3.11; seed 0."""

import io
import pathlib
import pickle
import zipfile

import numpy as np
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

here = pathlib.Path(__file__).parent
X, y = load_iris(return_X_y=True)
names = np.array(["setosa", "versicolor", "virginica"], dtype=object)
table = np.array([["a", "x"], ["b", "y"], ["a", ""], ["ü", "x"]] * 10, dtype=object)
columns = ColumnTransformer([("numbers", StandardScaler(), slice(0, 2)), ("rest", "passthrough", [3])])
MODELS = {
    "columns": make_pipeline(columns, LogisticRegression()).fit(X, names[y]),
    "encoder": OneHotEncoder(handle_unknown="ignore").fit(table),
    "forest": RandomForestRegressor(2, max_depth=3, random_state=0).fit(X, y),
    "function": make_pipeline(FunctionTransformer(np.log1p), SelectKBest(k=2), LogisticRegression()).fit(X, y),
    "histogram": HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4, random_state=0).fit(X, y),
    "support": SVC(C=0.1, random_state=0).fit(X[::5], y[::5]),
}
for name, model in MODELS.items():
    (here / f"{name}.pickle").write_bytes(pickle.dumps(model, 5))
    compression = zipfile.ZIP_STORED if name == "encoder" else zipfile.ZIP_DEFLATED
    (here / f"{name}.skops").write_bytes(skops.io.dumps(model, compression=compression))
buffer = io.BytesIO()
skops.io.dump(FunctionTransformer(print), buffer)
(here / "foreign.skops").write_bytes(buffer.getvalue())
