"""A trained model as cases give it: what it predicts by itself, and the files that it is saved in."""

import dataclasses
import io
import pickle
from collections.abc import Callable

import joblib
import scipy.sparse

#: The framework's method for each name that an output of an exported model may have.
METHODS = {
    "label": "predict",
    "prediction": "predict",
    "probabilities": "predict_proba",
    "transformed": "transform",
    "decision": "decision_function",
    "scores": "score_samples",
    "score": "score_samples",
    "std": "predict_std",
    "standard_deviation": "predict_std",
    "distances": "mahalanobis",
    "mahalanobis": "mahalanobis",
    "leaves": "apply",
}
_SCIKIT_LEARN_METHODS = ("predict", "predict_proba", "transform", "decision_function", "score_samples", "mahalanobis")


@dataclasses.dataclass
class SavedFile:
    #: The name of the format, as in `joblib`.
    format: str
    suffix: str
    write: Callable


@dataclasses.dataclass
class Group:
    """Files that hold the same model, from which the same graph must come, and what the framework predicts."""

    files: list[SavedFile]
    #: By the name of the method; called when an output asks for it.
    methods: dict[str, Callable]


@dataclasses.dataclass
class Trained:
    model: object
    #: The rows to predict: a matrix, a frame, or a list of what a vectorizer takes.
    test: object
    groups: list[Group]
    framework: str = "scikit-learn"
    #: The rows that it was trained on, which tell exporters of others the types of columns.
    train: object = None


def dense(values):
    return values.toarray() if scipy.sparse.issparse(values) else values


def scikit_learn(draw, estimator, data, fit=True):
    """Fits an estimator of scikit-learn, and saves it in the formats that it has."""
    if fit:
        estimator.fit(data.X) if data.y is None else estimator.fit(data.X, data.y)
    return Trained(estimator, data.test, [Group(estimator_files(draw, estimator), methods_of(estimator, data.test))],
                   train=data.X)  # fmt: skip


def methods_of(estimator, rows):
    methods = {
        name: lambda name=name: dense(getattr(estimator, name)(rows))
        for name in _SCIKIT_LEARN_METHODS
        if hasattr(estimator, name)
    }
    if hasattr(estimator, "kernel_") and hasattr(estimator, "sample_y"):
        methods["predict_std"] = lambda: estimator.predict(rows, return_std=True)[1]
    return methods


def estimator_files(draw, estimator):
    """A joblib file, a pickle and a skops file, with compression and protocol drawn."""
    compression = draw.pick(0, 0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3))
    protocol = draw.pick(2, 3, 4, 5, 5)
    files = [
        SavedFile("joblib", "joblib", lambda path: joblib.dump(estimator, path, compress=compression)),
        SavedFile("pickle", "pickle", lambda path: path.write_bytes(pickle.dumps(estimator, protocol))),
    ]
    skops = skops_bytes(estimator)
    return files if skops is None else [*files, SavedFile("skops", "skops", lambda path: path.write_bytes(skops))]


def skops_bytes(estimator):
    """The estimator as skops writes it; none for what it has no form for."""
    import skops.io

    try:
        return skops.io.dumps(estimator)
    except Exception:
        return None


def pickled(model, protocol=5):
    """The formats of a wrapper that is saved as Python's objects are."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return [
        SavedFile("pickle", "pickle", lambda path: path.write_bytes(pickle.dumps(model, protocol))),
        SavedFile("joblib", "joblib", lambda path: path.write_bytes(buffer.getvalue())),
    ]
