"""Preprocessing and imputation of scikit-learn."""

import numpy as np
from sklearn import impute, preprocessing
from sklearn.metrics.pairwise import pairwise_kernels

from tables import STRING_LABELS, Data, matrix, single, strings, unlabelled


def _numbers(draw, **shape):
    return unlabelled(draw, **shape)


def _one_hot(draw):
    form = draw.turn("strings", "numbers", "strings", "strings", "numbers")
    options = dict(handle_unknown=draw.pick("ignore", "infrequent_if_exist"))
    if draw.flag(0.4):
        options["min_frequency"] = draw.pick(5, 0.1)
    elif draw.flag(0.3):
        options["max_categories"] = draw.whole(2, 4)
    if draw.flag(0.3):
        options |= dict(drop=draw.pick("first", "if_binary"))
    encoder = preprocessing.OneHotEncoder(sparse_output=draw.flag(0.7), **options)
    if form == "strings":
        X, test = strings(draw)
    else:
        X, test = (part[:, :3] for part in _codes(draw))
    return encoder, Data(X, None, test)


def _codes(draw, unseen=True):
    X = draw.arrays.integers(0, draw.pick(2, 4, 7), (120, draw.whole(1, 4))).astype(float)
    test = draw.arrays.integers(0, X.max() + (3 if unseen else 1), (50, X.shape[1])).astype(float)
    return X, np.minimum(test, X.max(0)) if not unseen else test


def _ordinal(draw):
    X, test = strings(draw) if draw.turn(True, False, True) else _codes(draw)
    options = dict(min_frequency=draw.pick(None, 5)) if draw.flag(0.3) else {}
    return preprocessing.OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=draw.pick(-1, np.nan), **options
    ), Data(X, None, test)


def _target_encoder(draw):
    X, test = strings(draw, rows=160) if draw.turn(True, False, True) else _codes(draw)
    kind = draw.turn("continuous", "binary", "multiclass")
    y = draw.arrays.standard_normal(len(X)) if kind == "continuous" else draw.arrays.integers(
        0, 2 if kind == "binary" else 3, len(X))  # fmt: skip
    return preprocessing.TargetEncoder(smooth=draw.pick("auto", 2.0), random_state=draw.seed(), cv=3), Data(X, y, test)


def _labels(draw):
    values = np.array(STRING_LABELS, dtype=object) if draw.turn(True, False) else np.array([-3, 0, 1, 7, 12])
    return Data(draw.arrays.permutation(np.concatenate([values, values])), None, draw.arrays.choice(values, 30))


def _binary_labels(draw):
    data = _labels(draw)
    if draw.flag(0.3):
        data.X = data.test = np.where(data.X == data.X[0], data.X[0], data.X[1])
    return preprocessing.LabelBinarizer(neg_label=draw.pick(0, -1), pos_label=draw.pick(1, 2)), data


def _label_sets(draw):
    words = draw.turn(list(STRING_LABELS), [1, 2, 5, 9])
    rows = [tuple(draw.some(words)) for _ in range(40)]
    return preprocessing.MultiLabelBinarizer(), Data(rows, None, rows[:20])


def _k_bins(draw):
    return preprocessing.KBinsDiscretizer(
        n_bins=draw.whole(2, 8), encode=draw.turn("ordinal", "onehot", "onehot-dense"),
        strategy=draw.pick("uniform", "quantile", "kmeans"), quantile_method="averaged_inverted_cdf",
        random_state=draw.seed(),
    ), _numbers(draw)  # fmt: skip


def _splines(draw):
    return preprocessing.SplineTransformer(
        n_knots=draw.whole(4, 6), degree=draw.whole(1, 3), knots=draw.pick("uniform", "quantile"),
        extrapolation=draw.turn("constant", "linear", "continue", "periodic"), include_bias=draw.flag(),
    ), _numbers(draw, styles=("normal", "skewed"), features=draw.whole(1, 3), constant=False)  # fmt: skip


def _power(draw):
    method = draw.turn("yeo-johnson", "box-cox")
    X, test = matrix(draw, styles=("normal", "skewed", "shifted"), constant=False)
    if method == "box-cox":
        X, test = single(np.abs(X) + 0.25), single(np.abs(test) + 0.25)
    return preprocessing.PowerTransformer(method=method, standardize=draw.flag(0.7)), Data(X, None, test)


def _kernel_centerer(draw):
    X, test = matrix(draw, rows=40, styles=("normal",))
    kernel = draw.pick("rbf", "linear")
    return preprocessing.KernelCenterer(), Data(
        single(pairwise_kernels(X, metric=kernel)), None, single(pairwise_kernels(test, X, metric=kernel)))  # fmt: skip


FUNCTIONS = (np.log1p, np.sqrt, np.expm1, np.square, np.abs, np.exp, np.tanh, np.sign, np.log10, np.cbrt, None)


def _function(draw):
    function = draw.pick(*FUNCTIONS)
    data = _numbers(draw, styles=("skewed",))
    if function is np.log10:
        data.X, data.test = single(data.X + 1), single(data.test + 1)
    return preprocessing.FunctionTransformer(function, validate=draw.flag()), data


def _simple_imputer(draw):
    strategy = draw.turn("mean", "median", "most_frequent", "constant")
    if draw.index == 4:
        X, test = strings(draw, unseen=False)
        return impute.SimpleImputer(missing_values="", strategy="most_frequent"), Data(X, None, test)
    fill = draw.pick(None, -1.5) if strategy == "constant" else None
    return impute.SimpleImputer(
        strategy=strategy, fill_value=fill, add_indicator=draw.flag(0.4), keep_empty_features=draw.flag(0.3)
    ), _numbers(draw, missing=0.2)


def _knn_imputer(draw):
    return impute.KNNImputer(
        n_neighbors=draw.whole(1, 5), weights=draw.pick("uniform", "distance"), add_indicator=draw.flag(0.3)
    ), _numbers(draw, missing=0.15, styles=("normal", "shifted"), features=draw.whole(2, 5), constant=False)


ESTIMATORS = {
    impute.KNNImputer: _knn_imputer,
    impute.MissingIndicator: lambda draw: (
        impute.MissingIndicator(features=draw.turn("missing-only", "all"), error_on_new=False),
        _numbers(draw, missing=0.2)),
    impute.SimpleImputer: (5, _simple_imputer),
    preprocessing.Binarizer: lambda draw: (
        preprocessing.Binarizer(threshold=draw.pick(0.0, 0.5, 1.1)), _numbers(draw)),
    preprocessing.FunctionTransformer: (4, _function),
    preprocessing.KBinsDiscretizer: (5, _k_bins),
    preprocessing.KernelCenterer: _kernel_centerer,
    preprocessing.LabelBinarizer: _binary_labels,
    preprocessing.LabelEncoder: lambda draw: (preprocessing.LabelEncoder(), _labels(draw)),
    preprocessing.MaxAbsScaler: lambda draw: (preprocessing.MaxAbsScaler(clip=draw.flag()), _numbers(draw)),
    preprocessing.MinMaxScaler: (3, lambda draw: (
        preprocessing.MinMaxScaler(feature_range=draw.pick((0, 1), (-1, 3)), clip=draw.flag()),
        _numbers(draw, missing=draw.pick(0, 0.1)))),
    preprocessing.MultiLabelBinarizer: _label_sets,
    preprocessing.Normalizer: (3, lambda draw: (
        preprocessing.Normalizer(norm=draw.turn("l2", "l1", "max")), _numbers(draw))),
    preprocessing.OneHotEncoder: (6, _one_hot),
    preprocessing.OrdinalEncoder: (3, _ordinal),
    preprocessing.PolynomialFeatures: (3, lambda draw: (
        preprocessing.PolynomialFeatures(degree=draw.pick(2, 3, (2, 3)), interaction_only=draw.flag(0.3),
                                         include_bias=draw.flag(), order=draw.pick("C", "F")),
        _numbers(draw, features=draw.whole(1, 4)))),
    preprocessing.PowerTransformer: (3, _power),
    preprocessing.QuantileTransformer: (3, lambda draw: (
        preprocessing.QuantileTransformer(n_quantiles=draw.pick(10, 50),
                                          output_distribution=draw.turn("uniform", "normal")),
        _numbers(draw, missing=draw.pick(0, 0.1)))),
    preprocessing.RobustScaler: (3, lambda draw: (
        preprocessing.RobustScaler(with_centering=draw.flag(0.7), with_scaling=draw.flag(0.7),
                                   unit_variance=draw.flag(0.3), quantile_range=draw.pick((25, 75), (10, 90))),
        _numbers(draw))),
    preprocessing.SplineTransformer: (4, _splines),
    preprocessing.StandardScaler: (3, lambda draw: (
        preprocessing.StandardScaler(with_mean=draw.flag(0.7), with_std=draw.flag(0.7)),
        _numbers(draw, missing=draw.pick(0, 0.1)))),
    preprocessing.TargetEncoder: (3, _target_encoder),
}  # fmt: skip
