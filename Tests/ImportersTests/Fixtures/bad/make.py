"""Writes files that mlpack refuses. scikit-learn 1.9.1, joblib 1.6.0, XGBoost 3.2.0, Python 3.11.7; seed 0."""

import bz2
import json
import pathlib
import pickle

import joblib
import numpy as np
import xgboost
from sklearn.datasets import load_iris
from sklearn.decomposition import NMF, PCA, SparseCoder
from sklearn.feature_selection import GenericUnivariateSelect
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import SpectralEmbedding
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier

here = pathlib.Path(__file__).parent
X, y = load_iris(return_X_y=True)


def pipeline(last=None):
    return Pipeline([("scaler", StandardScaler()), ("classifier", last or LogisticRegression())]).fit(X, y)


def dump(name, model):
    joblib.dump(model, here / name)


model = pipeline()
model["scaler"].scale_ = np.ones(3)
dump("scale.joblib", model)
model = pipeline()
model["classifier"].coef_ = model["classifier"].coef_[:, :3]
dump("columns.joblib", model)
model = pipeline()
model["classifier"].coef_ = model["classifier"].coef_[:2]
model["classifier"].intercept_ = model["classifier"].intercept_[:2]
dump("rows.joblib", model)
model = pipeline()
del model["classifier"].classes_
dump("classes.joblib", model)
dump("unsupported_step.joblib", pipeline(SpectralEmbedding(eigen_solver="arpack")))
dump("unsupported.joblib", SpectralEmbedding(eigen_solver="arpack").fit(X))
dump("no_estimator.joblib", {"model": model})
dump("unfitted.joblib", StandardScaler())
inner = Pipeline([])
inner.steps.append(("again", inner))
(here / "recursive.pickle").write_bytes(pickle.dumps(inner))
tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
state = tree.tree_.__getstate__()
nodes = state["nodes"].copy()
nodes["left_child"][0] = 0
text = pickle.dumps(tree, 4)
(here / "cyclic_tree.pickle").write_bytes(text.replace(state["nodes"].tobytes(), nodes.tobytes()))
nodes = state["nodes"].copy()
nodes["left_child"][0] = nodes["right_child"][0]
(here / "dag.pickle").write_bytes(text.replace(state["nodes"].tobytes(), nodes.tobytes()))
nodes = state["nodes"].copy()
nodes["feature"][0] = 4
(here / "feature.pickle").write_bytes(text.replace(state["nodes"].tobytes(), nodes.tobytes()))
large = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y.astype(np.uint64) + np.uint64(2**63 - 1))
(here / "labels.pickle").write_bytes(pickle.dumps(large, 4))
(here / "system.pickle").write_bytes(b"cos\nsystem\n(S'touch /tmp/mlpack-was-here'\ntR.")
(here / "custom.pickle").write_bytes(b"\x80\x02c__main__\nMyTransformer\n)\x81.")
(here / "bomb.pickle").write_bytes(bz2.compress(b"\x80\x04" + b"N" * (1 << 27), 9))
(here / "empty.bin").write_bytes(b"")
(here / "text.bin").write_bytes(b"hello\n")

xgboost.XGBClassifier(n_estimators=2, max_depth=2, random_state=0).fit(X, y).save_model(here / "whole.json")
whole = (here / "whole.json").read_text()


def booster(name, change):
    document = json.loads(whole)
    change(document["learner"])
    (here / name).write_text(json.dumps(document))


def trees(learner):
    return learner["gradient_booster"]["model"]["trees"]


booster("objective.json", lambda learner: learner["objective"].update(name="rank:unknown"))
booster("booster.json", lambda learner: learner["gradient_booster"].update(name="gbforest"))
booster("linear.json", lambda learner: learner["gradient_booster"].update(name="gblinear", model={"weights": [1, 2]}))
booster("categorical.json", lambda learner: trees(learner)[0].update(split_type=[1, 0, 0]))
booster("vector.json", lambda learner: trees(learner)[0]["tree_param"].update(size_leaf_vector="2"))


def categories(learner, start):
    trees(learner)[0].update(categories_nodes=[0], categories_sizes=[2], categories_segments=[start], categories=[0, 3])
    trees(learner)[0].update(split_type=[1, 0, 0])


booster("categories.json", lambda learner: categories(learner, 1))
booster("base_score.json", lambda learner: learner["learner_model_param"].update(base_score="[5E-1,5E-1]"))
booster("cyclic.json", lambda learner: trees(learner)[0]["left_children"].__setitem__(0, 0))
booster("lengths.json", lambda learner: trees(learner)[0]["split_indices"].pop())
booster("split.json", lambda learner: trees(learner)[0]["split_indices"].__setitem__(0, 4))
(here / "other.json").write_text('{"a": 1}\n')
(here / "broken.json").write_text('{"learner": ')
(here / "whole.json").unlink()


def wide(name, model, **attributes):
    """A model whose attributes were changed, compressed, as some are long."""
    model.fit(X, y)
    for key, value in attributes.items():
        setattr(model, key, value)
    joblib.dump(model, here / name, compress=("zlib", 9))


wide("wide_atoms.joblib", SparseCoder(np.eye(4)), dictionary=np.zeros((12_000, 4)))
wide("wide_components.joblib", NMF(2, max_iter=1000), components_=np.zeros((12_000, 4)))
wide("wide_empty.joblib", PCA(2), components_=np.zeros((0, 1 << 40)))
wide("wide_percentile.joblib", GenericUnivariateSelect(mode="percentile", param=1e300), scores_=np.zeros(4))
wide("wide_products.joblib", PolynomialFeatures(2), n_features_in_=None, n_input_features_=1 << 40)
