"""Estimators of scikit-learn that hold others, dummies, and extraction of features."""

import numpy as np
from sklearn import (
    calibration,
    compose,
    dummy,
    feature_extraction,
    frozen,
    model_selection,
    multiclass,
    multioutput,
    pipeline,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction import image, text
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from families.text import documents
from tables import Data, classification, multiclass_outputs, multilabel, regression, single, unlabelled


def _classifier(draw):
    return draw.pick(LogisticRegression(), GaussianNB(), DecisionTreeClassifier(max_depth=4, random_state=0))


def _scorer(draw):
    """A classifier with a decision function."""
    return draw.pick(LogisticRegression(), LinearSVC())


def _regressor(draw):
    return draw.pick(Ridge(), DecisionTreeRegressor(max_depth=4, random_state=0))


def _plain(draw, **shape):
    return classification(draw, styles=("normal", "skewed"), constant=False, **shape)


def _calibrated(draw):
    method = draw.turn("sigmoid", "isotonic", "temperature")
    base = draw.pick(GaussianNB(), LinearSVC(), RandomForestClassifier(5, max_depth=3, random_state=0))
    return calibration.CalibratedClassifierCV(base, method=method, ensemble=draw.flag(), cv=3), _plain(draw, rows=200)


def _transformed_target(draw):
    if draw.turn(True, False):
        model = compose.TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1)
        return model, regression(draw, positive=True, styles=("normal",))
    scaler = draw.pick(StandardScaler(), MinMaxScaler(), QuantileTransformer(n_quantiles=20))
    return compose.TransformedTargetRegressor(LinearRegression(), transformer=scaler), regression(draw)


def _columns(draw):
    data = unlabelled(draw, features=5)
    parts = [("a", StandardScaler(), draw.pick([0, 1], slice(0, 2), [True, True, False, False, False])),
             ("b", MinMaxScaler(), [-1])]  # fmt: skip
    return compose.ColumnTransformer(parts, remainder=draw.turn("passthrough", "drop")), data


def _union(draw):
    parts = [("a", StandardScaler()), ("b", draw.pick(MinMaxScaler(), "passthrough"))]
    return pipeline.FeatureUnion(parts, transformer_weights=draw.pick(None, {"a": 2.0})), unlabelled(draw)


def _search(draw):
    values = {"C": [0.1, 1.0]}
    return model_selection.GridSearchCV(LogisticRegression(), values, cv=2), _plain(draw)


def _random_search(draw):
    values = {"max_depth": [1, 2, 3]}
    model = DecisionTreeClassifier(random_state=0)
    return model_selection.RandomizedSearchCV(model, values, n_iter=2, cv=2, random_state=0), _plain(draw)


def _binary(draw):
    return _plain(draw, classes=2)


def _chain(draw):
    return multioutput.ClassifierChain(
        draw.pick(LogisticRegression(), DecisionTreeClassifier(max_depth=3)), order=draw.turn(None, "random"),
        random_state=0), multilabel(draw, styles=("normal",))  # fmt: skip


def _regressor_chain(draw):
    return multioutput.RegressorChain(_regressor(draw), order=draw.turn(None, "random"), random_state=0), (
        regression(draw, targets=3, styles=("normal",))
    )


def _frozen(draw):
    data = unlabelled(draw) if draw.turn(True, False) else _plain(draw)
    model = StandardScaler().fit(data.X) if data.y is None else LogisticRegression().fit(data.X, data.y)
    data.y = np.zeros(len(data.X)) if data.y is None else data.y
    return frozen.FrozenEstimator(model), data


def _dummy(draw):
    return dummy.DummyClassifier(strategy=draw.turn("prior", "most_frequent", "constant"), constant=1), (
        classification(draw, kind="ints")
    )


def _dummy_numbers(draw):
    strategy = draw.turn("mean", "median", "quantile")
    return dummy.DummyRegressor(strategy=strategy, quantile=0.3), regression(draw, targets=draw.pick(0, 2))


def _dicts(draw):
    def row():
        values = {"height": float(np.float32(draw.uniform(0, 2))), "age": float(draw.whole(1, 90))}
        if draw.turn(True, False):
            values["city"] = draw.pick("Oslo", "Köln", "大阪")
        return {name: value for name, value in values.items() if draw.flag(0.9)}

    rows = [row() for _ in range(40)]
    return feature_extraction.DictVectorizer(sparse=draw.flag()), Data(rows, None, rows[:20])


def _hashed(draw):
    rows = [draw.some(["one", "two", "three", "Ünï", "日本"]) for _ in range(30)]
    return feature_extraction.FeatureHasher(8, input_type="string", alternate_sign=draw.flag()), Data(rows, None, rows)


def _patches(draw):
    images = single(draw.arrays.random((4, 6, 5)))
    return image.PatchExtractor(patch_size=(draw.whole(2, 3), 2)), Data(images, None, images)


def _words(model, **options):
    def make(draw):
        rows = documents(draw, 60)
        return model(lowercase=draw.flag(0.8), **options), Data(rows[:40], None, rows[20:])

    return make


ESTIMATORS = {
    calibration.CalibratedClassifierCV: (4, _calibrated),
    compose.ColumnTransformer: _columns,
    compose.TransformedTargetRegressor: (3, _transformed_target),
    dummy.DummyClassifier: (3, _dummy),
    dummy.DummyRegressor: (3, _dummy_numbers),
    feature_extraction.DictVectorizer: _dicts,
    feature_extraction.FeatureHasher: _hashed,
    frozen.FrozenEstimator: _frozen,
    image.PatchExtractor: _patches,
    model_selection.FixedThresholdClassifier: lambda draw: (
        model_selection.FixedThresholdClassifier(_classifier(draw), threshold=draw.uniform(0.2, 0.8),
                                                 response_method="predict_proba"), _binary(draw)),
    model_selection.GridSearchCV: _search,
    model_selection.RandomizedSearchCV: _random_search,
    model_selection.TunedThresholdClassifierCV: lambda draw: (
        model_selection.TunedThresholdClassifierCV(_classifier(draw), cv=3, thresholds=10), _binary(draw)),
    multiclass.OneVsOneClassifier: (3, lambda draw: (
        multiclass.OneVsOneClassifier(draw.pick(_scorer(draw), DecisionTreeClassifier(max_depth=3))),
        _plain(draw, classes=draw.turn(3, 4, 2)))),
    multiclass.OneVsRestClassifier: (4, lambda draw: (
        multiclass.OneVsRestClassifier(draw.pick(LogisticRegression(), SVC(gamma=0.1), GaussianNB())),
        multilabel(draw, styles=("normal",)) if draw.index == 2 else _plain(draw))),
    multiclass.OutputCodeClassifier: lambda draw: (
        multiclass.OutputCodeClassifier(_scorer(draw), code_size=2, random_state=draw.seed()),
        _plain(draw, classes=draw.whole(3, 4))),
    multioutput.ClassifierChain: _chain,
    multioutput.MultiOutputClassifier: lambda draw: (
        multioutput.MultiOutputClassifier(_classifier(draw)), multiclass_outputs(draw, styles=("normal",))),
    multioutput.MultiOutputRegressor: lambda draw: (
        multioutput.MultiOutputRegressor(_regressor(draw)), regression(draw, targets=draw.whole(2, 3))),
    multioutput.RegressorChain: _regressor_chain,
    pipeline.FeatureUnion: _union,
    pipeline.Pipeline: (4, lambda draw: (
        pipeline.Pipeline([("scaler", draw.pick(StandardScaler(), MinMaxScaler(), "passthrough")),
                           ("model", _classifier(draw))]), classification(draw, styles=("normal", "shifted")))),
    text.CountVectorizer: _words(text.CountVectorizer),
    text.HashingVectorizer: _words(text.HashingVectorizer, n_features=16),
    text.TfidfTransformer: lambda draw: (
        text.TfidfTransformer(norm=draw.pick("l2", "l1", None), use_idf=draw.flag(0.8), smooth_idf=draw.flag(0.8),
                              sublinear_tf=draw.flag(0.3)), unlabelled(draw, styles=("integers",), constant=False)),
    text.TfidfVectorizer: _words(text.TfidfVectorizer),
}  # fmt: skip
