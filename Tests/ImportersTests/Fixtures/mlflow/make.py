"""Writes model directories of MLflow. MLflow 3.17.2, scikit-learn 1.9.1, XGBoost 3.2.0, Python 3.11; seed 0.

Files that are not read, and what differs between two runs, are left out.
"""

import pathlib
import shutil

import mlflow.pyfunc
import mlflow.sklearn
import mlflow.xgboost
import xgboost
import yaml
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
X, y = load_iris(return_X_y=True, as_frame=True)
KEPT = ("MLmodel", "input_example.json", "model.skops", "model.pkl", "model.ubj")


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input


def save(name, module, **arguments):
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True)
    module.save_model(path=folder, pip_requirements=[], **arguments)
    for path in folder.iterdir():
        if path.name not in KEPT:
            path.unlink()
    description = yaml.safe_load((folder / "MLmodel").read_text())
    for key in ("model_uuid", "utc_time_created"):
        description.pop(key, None)
    (folder / "MLmodel").write_text(yaml.safe_dump(description))


model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X.values, y)
predicted = model.predict(X.values)
save("frame", mlflow.sklearn, sk_model=model, signature=infer_signature(X, predicted), input_example=X.iloc[::50])
save("tensor", mlflow.sklearn, sk_model=model, signature=infer_signature(X.values, predicted),
     input_example=X.values[::50], serialization_format="pickle")  # fmt: skip
booster = xgboost.XGBClassifier(n_estimators=2, max_depth=2, random_state=0).fit(X.values, y)
save("booster", mlflow.xgboost, xgb_model=booster)
save("function", mlflow.pyfunc, python_model=Echo())
for name, text in [
    ("outside", "flavors:\n  sklearn:\n    pickled_model: ../model.pkl\n"),
    ("nameless", "flavors:\n  sklearn:\n    sklearn_version: 1.9.1\n"),
    ("foreign", "flavors:\n  python_function:\n    loader_module: mlflow.pytorch\n  pytorch:\n    model_data: data\n"),
]:
    (here / name).mkdir(exist_ok=True)
    (here / name / "MLmodel").write_text(text)
