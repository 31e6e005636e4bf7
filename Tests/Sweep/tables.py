"""Random data sets of every shape: what a model is trained on, and the rows that it is judged by.

All numbers are single precision in arrays of doubles, so that a model of floats is given exactly what the framework is.
"""

import dataclasses

import numpy as np
import pandas as pd

STYLES = ("normal", "shifted", "scaled", "integers", "sparse", "skewed")
POSITIVE_STYLES = ("integers", "sparse", "skewed")
STRING_LABELS = ("no", "yes", "maybe", "Ünïcode ✓", "", "two words", "日本", "7")


@dataclasses.dataclass
class Data:
    X: object
    y: object
    #: The rows to predict.
    test: object


def single(values):
    return np.asarray(values, np.float64).astype(np.float32).astype(np.float64)


def matrix(draw, rows=None, features=None, styles=STYLES, missing=0.0, constant=True, extreme=False):
    """Rows to train on and rows to predict; these hold some of the former, what lies between them, and odd rows."""
    rows = rows or draw.whole(60, 240)
    features = features or draw.pick(1, 2, 3, 4, 5, 7, 9, 12)
    style = draw.pick(*styles)
    X = _styled(draw, style, rows + 30, features)
    if constant and features > 2 and draw.flag(0.15):
        X[:, draw.whole(0, features - 1)] = draw.pick(0.0, 1.0, 3.5)
    X = single(X)
    train, fresh = X[:rows], X[rows:]
    test = np.concatenate([train[:15], fresh, _edges(draw, train, 12), _odd(train, extreme)])
    if missing:
        for part in (train, test):
            part[draw.arrays.random(part.shape) < missing] = np.nan
    return train, test


def _styled(draw, style, rows, features):
    arrays = draw.arrays
    if style == "integers":
        return arrays.integers(0, draw.pick(3, 6, 20), (rows, features)).astype(float)
    if style == "skewed":
        return arrays.exponential(1.0, (rows, features))
    if style == "sparse":
        return np.where(arrays.random((rows, features)) < 0.6, 0.0, arrays.exponential(1.0, (rows, features)))
    X = arrays.standard_normal((rows, features))
    if style == "shifted":
        X = X * draw.log(0.5, 5) + draw.uniform(-30, 60)
    elif style == "scaled":
        X = X * np.exp(arrays.uniform(-3, 4, features)) + arrays.uniform(-2, 2, features)
    return X


def _edges(draw, train, count):
    """Numbers halfway between neighbours of a column, where trees and bins part, and the next ones to them."""
    columns = []
    for column in train.T:
        values = np.unique(column)
        at = draw.arrays.integers(0, max(1, len(values) - 1), count)
        middle = ((values[at] + values[np.minimum(at + 1, len(values) - 1)]) / 2).astype(np.float32)
        step = draw.arrays.integers(-1, 2, count)
        away = np.where(step < 0, np.float32(-np.inf), np.float32(np.inf))
        columns.append(np.where(step == 0, middle, np.nextafter(middle, away)))
    return np.stack(columns, 1).astype(np.float64)


def _odd(train, extreme):
    zero = np.zeros((1, train.shape[1]))
    rows = [zero, -zero, train.max(0, keepdims=True) * 2]
    if extreme:
        rows += [np.full_like(zero, 1e30), np.full_like(zero, -1e30), np.full_like(zero, 1e-40)]
    return single(np.concatenate(rows))


def _scores(draw, X, count):
    """Smooth functions of the columns with some noise."""
    scaled = np.nan_to_num(X)
    scaled = (scaled - scaled.mean(0)) / (scaled.std(0) + 1e-12)
    weights = draw.arrays.standard_normal((X.shape[1], count))
    bends = draw.arrays.standard_normal((X.shape[1], count))
    noise = draw.arrays.standard_normal((len(X), count))
    return scaled @ weights + np.tanh(scaled) ** 2 @ bends + 0.3 * noise


def labels(draw, X, classes, kind=None):
    """Labels that are `ints`, `other ints`, `bools`, `floats`, `strings`, or `words`, which are never empty."""
    indices = _scores(draw, X, classes).argmax(1)
    indices[: 8 * classes] = np.arange(8 * classes) % classes
    kind = kind or draw.pick("ints", "ints", "ints", "other ints", "strings", "strings", "floats", "bools")
    if kind == "bools" and classes == 2:
        return indices == 1
    if kind in ("strings", "words"):
        options = [label for label in STRING_LABELS if label or kind == "strings"]
        return np.array(draw.some(options, least=classes)[:classes], dtype=object)[indices]
    if kind == "other ints":
        return (indices * draw.pick(3, -2, 1000) - draw.whole(-3, 9)).astype(np.int64)
    return indices.astype(np.float64) if kind == "floats" else indices


def classification(draw, classes=None, kind=None, **shape):
    """Two classes in the first variant, several in the second."""
    classes = classes or draw.turn(2, draw.whole(3, 5))
    X, test = matrix(draw, **shape)
    return Data(X, labels(draw, X, classes, kind), test)


def regression(draw, targets=0, positive=False, **shape):
    """A vector of targets, or a matrix where `targets` is above 0."""
    X, test = matrix(draw, **shape)
    y = _scores(draw, X, max(1, targets))
    if positive:
        y = np.exp(np.clip(y, -4, 4) / 2) + 0.1
    else:
        y = y * draw.log(0.1, 50) + draw.uniform(-5, 5)
    return Data(X, y if targets else y[:, 0], test)


def multilabel(draw, outputs=None, **shape):
    """A matrix of zeros and ones."""
    X, test = matrix(draw, **shape)
    outputs = outputs or draw.whole(2, 4)
    y = (_scores(draw, X, outputs) > 0).astype(int)
    y[:8], y[8:16] = 0, 1
    return Data(X, y, test)


def multiclass_outputs(draw, outputs=2, **shape):
    """Several columns of class labels."""
    X, test = matrix(draw, **shape)
    return Data(X, np.stack([labels(draw, X, draw.whole(2, 4), "ints") for _ in range(outputs)], 1), test)


def unlabelled(draw, **shape):
    X, test = matrix(draw, **shape)
    return Data(X, None, test)


CATEGORIES = {
    "colour": ("red", "green", "blue", "Ünïcode ✓", "", "two words"),
    "city": ("Oslo", "Rome", "Köln", "大阪", "São Paulo", "Nice", "Ulm", "Bonn"),
    "grade": ("a", "b", "c"),
}


def strings(draw, columns=None, rows=None, unseen=True):
    """A matrix of strings; rows to predict hold some that were not there in training where `unseen` says so."""
    rows = rows or draw.whole(60, 200)
    names = list(CATEGORIES)[: columns or draw.whole(1, 3)]
    train, test = ([_words(draw, name, count) for name in names] for count in (rows, 40))
    test = np.stack(test, 1)
    if unseen:
        test[draw.arrays.random(test.shape) < 0.1] = "unseen"
    return np.stack(train, 1), test


def _words(draw, name, count):
    options = CATEGORIES[name]
    weights = 1.0 / np.arange(1, len(options) + 1) ** draw.pick(0, 1, 1.5)
    values = draw.arrays.choice(np.array(options, dtype=object), count, p=weights / weights.sum())
    values[: len(options)] = options[:count]
    return values


def frame(draw, missing=0.0, unseen=True, rows=None, texts=("colour", "city"), integers=("visits",), prefix="x"):
    """A frame with columns of numbers, whole numbers and strings, in a random order."""
    rows = rows or draw.whole(80, 200)
    X, test = matrix(draw, rows, draw.whole(2, 5), missing=missing, constant=False)
    parts = []
    for part in (X, test):
        columns = {f"{prefix}{index}": column for index, column in enumerate(part.T)}
        for name in integers:
            columns[name] = draw.arrays.integers(0, 6, len(part))
        for name in texts:
            columns[name] = _words(draw, name, len(part))
            if part is test and unseen:
                columns[name][draw.arrays.random(len(part)) < 0.1] = "unseen"
        parts.append(columns)
    order = [list(parts[0])[index] for index in draw.arrays.permutation(len(parts[0]))]
    return tuple(pd.DataFrame({name: columns[name] for name in order}) for columns in parts)
