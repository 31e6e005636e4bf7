"""Tree ensembles, trained on seeded data by scikit-learn, XGBoost and LightGBM and written as ONNX here."""

import json
import pathlib

import numpy as np

from graph import Graph
from onnx import TensorProto, helper

FEATURES, ROWS, CLASSES, SEED = 30, 20000, 3, 20261124


def data():
    """Features, a target that depends on some of them with noise, and a class by its terciles."""
    random = np.random.default_rng(SEED)
    x = random.standard_normal((ROWS, FEATURES)).astype(np.float32)
    target = x[:, 0] * x[:, 1] + np.sin(3 * x[:, 2]) + np.abs(x[:, 3]) + x[:, 4:12] @ random.standard_normal(8) * 0.3
    target = (target + random.standard_normal(ROWS) * 0.2).astype(np.float32)
    return x, target, np.digitize(target, np.quantile(target, [1 / 3, 2 / 3]))


class _Ensemble:
    """The attributes of TreeEnsembleRegressor and TreeEnsembleClassifier, filled node by node."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.nodes = {key: [] for key in (
            "treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids",
            "missing_value_tracks_true",
        )}  # fmt: skip
        self.leaves = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}

    def branch(self, tree, node, feature, mode, value, left, right, missing_goes_left=False):
        self._node(tree, node, feature, mode, value, left, right, int(missing_goes_left))

    def leaf(self, tree, node, weights):
        self._node(tree, node, 0, "LEAF", 0.0, 0, 0, 0)
        for index, weight in enumerate(weights):
            for key, value in zip(self.leaves, (tree, node, index, float(weight))):
                self.leaves[key].append(value)

    def _node(self, *values):
        for column, value in zip(self.nodes.values(), values):
            column.append(value)

    def attributes(self):
        attributes = {f"nodes_{key}": column for key, column in self.nodes.items()}
        return attributes | {f"{self.prefix}_{key}": column for key, column in self.leaves.items()}


def forest(count, path):
    """A random forest of scikit-learn, and the probabilities of its classes."""
    from sklearn.ensemble import RandomForestClassifier

    x, _, classes = data()
    model = RandomForestClassifier(count, max_depth=10, random_state=SEED, n_jobs=1).fit(x[:5000], classes[:5000])
    ensemble = _Ensemble("class")
    for number, estimator in enumerate(model.estimators_):
        tree = estimator.tree_
        for node in range(tree.node_count):
            left, right = tree.children_left[node], tree.children_right[node]
            if left < 0:
                ensemble.leaf(number, node, tree.value[node, 0] / count)
            else:
                threshold = _float_below(tree.threshold[node])
                ensemble.branch(number, node, int(tree.feature[node]), "BRANCH_LEQ", threshold, int(left), int(right))
    graph = _graph("forest")
    label, scores = graph.node(
        "TreeEnsembleClassifier", "input", outputs=2, domain="ai.onnx.ml", classlabels_int64s=list(range(CLASSES)),
        post_transform="NONE", **ensemble.attributes(),
    )  # fmt: skip
    graph.output(label, "label", ["batch"], TensorProto.INT64)
    graph.output(scores, "probabilities", ["batch", CLASSES])
    graph.save(path)


def boosted(count, path):
    """Boosted trees of depth 6 of XGBoost; its own file lies beside the model, for its own predictor."""
    import xgboost

    x, target, _ = data()
    settings = {"max_depth": 6, "eta": 0.1, "seed": SEED, "nthread": 1, "tree_method": "hist"}
    booster = xgboost.train(settings, xgboost.DMatrix(x, target), count)
    booster.save_model(booster_path(path))
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    ensemble = _Ensemble("target")
    for number, tree in enumerate(learner["gradient_booster"]["model"]["trees"]):
        for node, left in enumerate(tree["left_children"]):
            value = tree["split_conditions"][node]
            if left < 0:
                ensemble.leaf(number, node, [value])
            else:
                keys = ("split_indices", "right_children", "default_left")
                feature, right, missing = (tree[key][node] for key in keys)
                ensemble.branch(number, node, feature, "BRANCH_LT", value, left, right, missing)
    base = float(learner["learner_model_param"]["base_score"].strip("[]"))
    _save_regressor("boosted", ensemble, base, path)


def leafwise(count, path):
    """Boosted trees of LightGBM, which grow leaf by leaf: deep on one side, shallow on the other."""
    import lightgbm

    x, target, _ = data()
    settings = {"num_leaves": 63, "seed": SEED, "num_threads": 1, "verbose": -1, "deterministic": True}
    model = lightgbm.train(settings, lightgbm.Dataset(x, target), count).dump_model()
    ensemble = _Ensemble("target")
    for number, tree in enumerate(model["tree_info"]):
        waiting, used = [(0, tree["tree_structure"])], 1
        while waiting:
            node, content = waiting.pop()
            if "leaf_value" in content:
                ensemble.leaf(number, node, [content["leaf_value"]])
                continue
            threshold, feature = _float_below(content["threshold"]), content["split_feature"]
            ensemble.branch(number, node, feature, "BRANCH_LEQ", threshold, used, used + 1, content["default_left"])
            waiting += [(used, content["left_child"]), (used + 1, content["right_child"])]
            used += 2
    _save_regressor("leafwise", ensemble, 0.0, path)


def booster_path(path):
    """Where XGBoost's own file of a model lies."""
    return pathlib.Path(path).with_suffix(".ubj")


def feeds(random, batch):
    return {"input": random.standard_normal((batch, FEATURES), dtype=np.float32)}


def _graph(name):
    graph = Graph(name)
    graph.opsets.append(helper.make_opsetid("ai.onnx.ml", 3))
    graph.input("input", ["batch", FEATURES])
    return graph


def _save_regressor(name, ensemble, base, path):
    graph = _graph(name)
    y = graph.node(
        "TreeEnsembleRegressor", "input", domain="ai.onnx.ml", n_targets=1, aggregate_function="SUM",
        post_transform="NONE", base_values=[base], **ensemble.attributes(),
    )  # fmt: skip
    graph.output(y, "output", ["batch", 1])
    graph.save(path)


def _float_below(threshold):
    """The greatest float that is not above a double: for floats, the comparison stays the same."""
    value = np.float32(threshold)
    return float(value if value <= threshold else np.nextafter(value, np.float32(-np.inf)))
