"""Pipelines of scikit-learn as people write them: frames with columns of several kinds, unions, nesting."""

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC

from cases import Kinds
from families.text import documents
from models import scikit_learn
from tables import Data, classification, frame, labels, matrix, regression, strings

KINDS = Kinds("pipelines")


def _scaler(draw):
    return draw.pick(StandardScaler(), MinMaxScaler(), RobustScaler())


def _one_hot(draw):
    return OneHotEncoder(
        handle_unknown=draw.pick("ignore", "infrequent_if_exist"), min_frequency=draw.pick(None, 5),
        sparse_output=draw.flag(),
    )  # fmt: skip


def _ordinal():
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)


def _numbers(table):
    return [name for name in table.columns if name.startswith("x")]


def _classes(draw, table, classes=None):
    numbers = np.nan_to_num(table[_numbers(table)].to_numpy())
    return labels(draw, numbers, classes or draw.turn(2, 3), draw.pick("ints", "strings"))


@KINDS.kind("columns by name", 6)
def _by_name(draw):
    X, test = frame(draw, missing=draw.pick(0, 0.1))
    number = make_pipeline(SimpleImputer(strategy=draw.pick("mean", "median")), _scaler(draw))
    parts = [("numbers", number, _numbers(X)), ("words", draw.pick(_one_hot(draw), _ordinal()), ["colour", "city"])]
    columns = ColumnTransformer(parts, remainder=draw.turn("drop", "passthrough"))
    last = draw.turn(LogisticRegression(), RandomForestClassifier(6, max_depth=4, random_state=0),
                     HistGradientBoostingClassifier(max_iter=6))  # fmt: skip
    if isinstance(last, HistGradientBoostingClassifier):
        columns.set_params(sparse_threshold=0)
    return scikit_learn(draw, Pipeline([("columns", columns), ("model", last)]), Data(X, _classes(draw, X), test))


@KINDS.kind("columns of a frame alone", 3)
def _columns_alone(draw):
    X, test = frame(draw)
    parts = [
        ("words", _one_hot(draw), ["city"]),
        ("numbers", _scaler(draw), _numbers(X)),
        ("grade", _ordinal(), ["colour"]),
    ]
    columns = ColumnTransformer(draw.some(parts), remainder="drop", sparse_threshold=draw.pick(0, 0.3))
    return scikit_learn(draw, columns, Data(X, None, test))


@KINDS.kind("columns by position", 3)
def _by_position(draw):
    data = classification(draw, features=6)
    places = draw.turn(([0, 2], slice(3, 6)), ([-1, -2], slice(0, 2)), ([True, False] * 3, [1, 3]))
    parts = [("a", _scaler(draw), places[0]), ("b", PolynomialFeatures(2), places[1])]
    columns = ColumnTransformer(parts, remainder=draw.pick("drop", "passthrough", StandardScaler()))
    return scikit_learn(draw, make_pipeline(columns, LogisticRegression(max_iter=50)), data)


@KINDS.kind("columns by selector", 3)
def _by_selector(draw):
    X, test = frame(draw)
    words = make_column_selector(dtype_exclude=np.number)
    parts = [
        ("numbers", _scaler(draw), make_column_selector(dtype_include=np.number)),
        ("words", _one_hot(draw), words),
    ]
    return scikit_learn(draw, make_pipeline(ColumnTransformer(parts), LogisticRegression()),
                        Data(X, _classes(draw, X), test))  # fmt: skip


@KINDS.kind("categorical dtype")
def _categorical(draw):
    X, test = frame(draw, unseen=False)
    for name in ("colour", "city"):
        kind = pd.CategoricalDtype(sorted(set(X[name]) | set(test[name])))
        X[name], test[name] = X[name].astype(kind), test[name].astype(kind)
    parts = [("numbers", "passthrough", _numbers(X)), ("words", _one_hot(draw), ["colour", "city"])]
    return scikit_learn(draw, make_pipeline(ColumnTransformer(parts), Ridge()), Data(X, X[_numbers(X)[0]] * 2, test))


@KINDS.kind("text column")
def _text_column(draw):
    X, test = frame(draw, rows=100, texts=("colour",))
    X["text"], test["text"] = documents(draw, len(X)), documents(draw, len(test))
    parts = [("text", TfidfVectorizer(min_df=2), "text"), ("words", _one_hot(draw), ["colour"]),
             ("numbers", _scaler(draw), _numbers(X))]  # fmt: skip
    return scikit_learn(draw, make_pipeline(ColumnTransformer(parts), LogisticRegression()),
                        Data(X, _classes(draw, X), test))  # fmt: skip


@KINDS.kind("string matrix")
def _string_matrix(draw):
    X, test = strings(draw)
    y = labels(draw, np.stack([draw.arrays.permutation(len(X))], 1).astype(float), draw.turn(2, 3), "ints")
    return scikit_learn(draw, make_pipeline(_one_hot(draw), LogisticRegression()), Data(X, y, test))


@KINDS.kind("missing strings")
def _missing_strings(draw):
    X, test = strings(draw, columns=2)
    fill = draw.turn(SimpleImputer(missing_values="", strategy="most_frequent"),
                     SimpleImputer(missing_values="", strategy="constant", fill_value="none"))  # fmt: skip
    return scikit_learn(draw, make_pipeline(fill, _one_hot(draw)), Data(X, None, test))


@KINDS.kind("imputed", 3)
def _imputed(draw):
    fill = draw.turn(SimpleImputer(add_indicator=True), KNNImputer(n_neighbors=3), SimpleImputer(strategy="median"))
    data = classification(draw, features=draw.whole(2, 6), missing=0.15, constant=False, styles=("normal", "scaled"))
    return scikit_learn(draw, make_pipeline(fill, _scaler(draw), LogisticRegression()), data)


@KINDS.kind("union", 2)
def _union(draw):
    parts = [("a", make_pipeline(StandardScaler(), PCA(2))), ("b", KBinsDiscretizer(3, encode="onehot-dense")),
             ("c", "passthrough")]  # fmt: skip
    model = make_pipeline(FeatureUnion(draw.some(parts, least=2)), LogisticRegression())
    return scikit_learn(draw, model, classification(draw, features=4, constant=False, styles=("normal",)))


@KINDS.kind("selected", 2)
def _selected(draw):
    last = draw.turn(SVC(gamma=0.2), LogisticRegression())
    model = make_pipeline(VarianceThreshold(), _scaler(draw), SelectKBest(k=2), last)
    return scikit_learn(draw, model, classification(draw, features=5, constant=False))


@KINDS.kind("reduced", 2)
def _reduced(draw):
    reduction = draw.turn(PCA(2, whiten=True), TruncatedSVD(2))
    model = make_pipeline(_scaler(draw), reduction, draw.pick(KNeighborsClassifier(3), LogisticRegression()))
    return scikit_learn(draw, model, classification(draw, features=5, constant=False, styles=("normal", "scaled")))


@KINDS.kind("shaped", 2)
def _shaped(draw):
    shape = draw.turn(PowerTransformer(), QuantileTransformer(n_quantiles=30, output_distribution="normal"))
    data = regression(draw, constant=False, styles=("normal", "skewed"))
    return scikit_learn(draw, make_pipeline(shape, Ridge()), data)


@KINDS.kind("functions", 2)
def _functions(draw):
    function = FunctionTransformer(draw.turn(np.log1p, np.sqrt))
    model = make_pipeline(function, StandardScaler(), GradientBoostingRegressor(n_estimators=5))
    return scikit_learn(draw, model, regression(draw, styles=("skewed", "integers")))


@KINDS.kind("nested", 2)
def _nested(draw):
    more = Pipeline([("powers", PolynomialFeatures(2)), ("scaler", StandardScaler())])
    inner = Pipeline([("scaler", _scaler(draw)), ("more", more)])
    model = Pipeline([("inner", inner), ("off", "passthrough"), ("model", LogisticRegression(max_iter=50))])
    return scikit_learn(draw, model, classification(draw, features=3))


@KINDS.kind("searched", 2)
def _searched(draw):
    X, test = frame(draw)
    columns = ColumnTransformer([("numbers", StandardScaler(), _numbers(X)), ("words", _one_hot(draw), ["colour"])])
    model = Pipeline([("columns", columns), ("model", LogisticRegression())])
    return scikit_learn(draw, GridSearchCV(model, {"model__C": [0.1, 1]}, cv=2), Data(X, _classes(draw, X), test))


@KINDS.kind("voting and stacking", 2)
def _members(draw):
    members = [("a", make_pipeline(StandardScaler(), LogisticRegression())),
               ("b", RandomForestClassifier(5, max_depth=3, random_state=0))]  # fmt: skip
    model = draw.turn(VotingClassifier(members, voting="soft"), StackingClassifier(members, cv=2))
    return scikit_learn(draw, model, classification(draw, styles=("normal",)))


@KINDS.kind("target", 2)
def _target(draw):
    inner = make_pipeline(_scaler(draw), LinearRegression())
    model = TransformedTargetRegressor(inner, func=np.log1p, inverse_func=np.expm1)
    return scikit_learn(draw, model, regression(draw, positive=True, styles=("normal",)))


@KINDS.kind("clipped and scaled", 2)
def _clipped(draw):
    X, test = matrix(draw, missing=0.1)
    model = make_pipeline(SimpleImputer(strategy="constant", fill_value=0), MinMaxScaler(clip=True), draw.turn(
        "passthrough", StandardScaler()))  # fmt: skip
    return scikit_learn(draw, model, Data(X, None, test))


def _boosted(framework, draw):
    if framework == "LightGBM":
        import lightgbm

        return lightgbm.LGBMClassifier(n_estimators=5, num_leaves=7, verbose=-1, n_jobs=1)
    if framework == "XGBoost":
        import xgboost

        return xgboost.XGBClassifier(n_estimators=5, max_depth=3, n_jobs=1)
    import catboost

    return catboost.CatBoostClassifier(iterations=5, depth=3, verbose=False, allow_writing_files=False, thread_count=1)


@KINDS.kind("last step of another framework", 6)
def _foreign(draw):
    framework = draw.turn("LightGBM", "XGBoost", "CatBoost")
    if draw.index < 3:
        data = classification(draw, features=4, kind="ints")
        return scikit_learn(draw, Pipeline([("scaler", _scaler(draw)), ("model", _boosted(framework, draw))]), data)
    X, test = frame(draw)
    columns = ColumnTransformer([("words", _one_hot(draw), ["city"]), ("numbers", "passthrough", _numbers(X))])
    y = labels(draw, X[_numbers(X)].to_numpy(), 3, "ints")
    return scikit_learn(draw, Pipeline([("columns", columns), ("model", _boosted(framework, draw))]), Data(X, y, test))


def _boosted_regressor(framework):
    if framework == "LightGBM":
        import lightgbm

        return lightgbm.LGBMRegressor(n_estimators=5, num_leaves=7, verbose=-1, n_jobs=1)
    import xgboost

    return xgboost.XGBRegressor(n_estimators=5, max_depth=3, n_jobs=1)


@KINDS.kind("estimators of another framework inside", 12)
def _foreign_inside(draw):
    framework = draw.turn(*["LightGBM", "XGBoost"] * 6)
    boosted = _boosted(framework, draw)
    members = [("a", boosted), ("b", make_pipeline(StandardScaler(), LogisticRegression()))]
    model = draw.turn(*[model for model in (
        CalibratedClassifierCV(boosted, cv=2), OneVsRestClassifier(boosted), StackingClassifier(members, cv=2),
        VotingClassifier(members, voting="soft"), BaggingClassifier(boosted, 3, random_state=0),
    ) for _ in range(2)], *[TransformedTargetRegressor(
        _boosted_regressor(framework), func=np.log1p, inverse_func=np.expm1)] * 2)  # fmt: skip
    if draw.index >= 10:
        return scikit_learn(draw, model, regression(draw, positive=True, styles=("normal",)))
    return scikit_learn(draw, model, classification(draw, 3, "ints", styles=("normal",)))
