"""Trees and ensembles of scikit-learn."""

from sklearn import ensemble, tree
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import LinearSVC

from tables import Data, classification, labels, matrix, multiclass_outputs, regression, single, unlabelled


def _classes(draw, **shape):
    """Two classes, several, several outputs, one class."""
    form = draw.turn("classes", "classes", "outputs", "one")
    missing = draw.pick(0, 0, 0.1)
    if form == "outputs":
        return multiclass_outputs(draw, extreme=True, missing=missing, **shape)
    if form == "one":
        X, test = matrix(draw, extreme=True, **shape)
        return Data(X, labels(draw, X, 1, draw.pick("ints", "strings")), test)
    return classification(draw, extreme=True, missing=missing, **shape)


def _numbers(draw, **shape):
    return regression(draw, targets=draw.turn(0, 2, 1), extreme=True, missing=draw.pick(0, 0, 0.1), **shape)


def _tree(draw):
    return dict(
        max_depth=draw.pick(None, 2, 4, 7), min_samples_leaf=draw.pick(1, 1, 5), random_state=draw.seed(),
        max_features=draw.pick(None, "sqrt"),
    )  # fmt: skip


def _forest(draw):
    return dict(n_estimators=draw.whole(1, 12), class_weight=draw.pick(None, "balanced")) | _tree(draw)


def _regressors(draw):
    return dict(n_estimators=draw.whole(1, 12)) | _tree(draw)


def _boosting(draw):
    return dict(
        n_estimators=draw.whole(1, 15), max_depth=draw.whole(1, 4), learning_rate=draw.uniform(0.05, 0.8),
        subsample=draw.pick(1.0, 0.7), random_state=draw.seed(),
    )  # fmt: skip


def _boosted_classes(draw):
    loss = draw.turn("log_loss", "log_loss", "exponential")
    first = draw.pick(None, None, "zero")
    data = classification(draw, classes=2 if loss == "exponential" else None, extreme=True)
    return ensemble.GradientBoostingClassifier(loss=loss, init=first, **_boosting(draw)), data


def _boosted_numbers(draw):
    loss = draw.turn("squared_error", "absolute_error", "huber", "quantile")
    first = draw.pick(None, "zero", LinearRegression())
    return ensemble.GradientBoostingRegressor(loss=loss, init=first, **_boosting(draw)), regression(draw, extreme=True)


def _histogram(draw):
    return dict(
        max_iter=draw.whole(1, 15), max_leaf_nodes=draw.pick(4, 15, None), max_depth=draw.pick(None, 3),
        learning_rate=draw.uniform(0.05, 0.8), max_bins=draw.pick(255, 48), min_samples_leaf=draw.pick(5, 20),
        random_state=draw.seed(), early_stopping=draw.pick(False, False, True),
    )  # fmt: skip


def _histogram_data(draw, data):
    """Codes of categories in the first column, in half of the cases."""
    if not draw.flag() or data.X.shape[1] < 2:
        return {}, data
    count = draw.pick(3, 8, 40)
    data.X[:, 0] = draw.arrays.integers(0, count, len(data.X))
    data.test[:, 0] = draw.arrays.integers(0, count + 2, len(data.test))
    return dict(categorical_features=[0]), data


def _histogram_classes(draw):
    categorical, data = _histogram_data(draw, classification(draw, missing=draw.pick(0, 0.1), extreme=True))
    return ensemble.HistGradientBoostingClassifier(**_histogram(draw), **categorical), data


def _histogram_numbers(draw):
    loss = draw.turn("squared_error", "poisson", "absolute_error", "gamma", "quantile")
    data = regression(draw, missing=draw.pick(0, 0.1), extreme=True, positive=loss in ("poisson", "gamma"))
    categorical, data = _histogram_data(draw, data)
    options = dict(quantile=0.7) if loss == "quantile" else {}
    return ensemble.HistGradientBoostingRegressor(loss=loss, **options, **_histogram(draw), **categorical), data


def _some_features(draw):
    return dict(
        n_estimators=draw.whole(2, 6), max_features=draw.pick(1.0, 0.6), bootstrap_features=draw.flag(0.3),
        random_state=draw.seed(),
    )  # fmt: skip


def _voting(draw):
    members = [("a", LogisticRegression()), ("b", tree.DecisionTreeClassifier(max_depth=3, random_state=0)),
               ("c", GaussianNB())]  # fmt: skip
    weights = draw.pick(None, [1, 2, 3])
    data = classification(draw, features=draw.whole(2, 5), styles=("normal",))
    return ensemble.VotingClassifier(members, voting=draw.turn("soft", "hard"), weights=weights), data


def _stacking(draw):
    members = [("a", LogisticRegression()), ("b", draw.pick(LinearSVC(), tree.DecisionTreeClassifier(max_depth=3)))]
    data = classification(draw, features=draw.whole(2, 5), styles=("normal",))
    return ensemble.StackingClassifier(members, cv=3, passthrough=draw.flag()), data


def _stacked_numbers(draw):
    members = [("a", Ridge()), ("b", tree.DecisionTreeRegressor(max_depth=3, random_state=0))]
    return ensemble.StackingRegressor(members, cv=3, passthrough=draw.flag()), regression(draw, styles=("normal",))


def _one_of_many(draw):
    X, test = matrix(draw, features=draw.whole(2, 6), constant=False, extreme=False)
    return Data(X, None, single(test))


ESTIMATORS = {
    ensemble.AdaBoostClassifier: (3, lambda draw: (
        ensemble.AdaBoostClassifier(draw.pick(None, tree.DecisionTreeClassifier(max_depth=2), GaussianNB()),
                                    n_estimators=draw.whole(2, 10), random_state=draw.seed()),
        classification(draw, styles=("normal", "skewed"), constant=False))),
    ensemble.AdaBoostRegressor: lambda draw: (
        ensemble.AdaBoostRegressor(n_estimators=draw.whole(2, 10), loss=draw.pick("linear", "square"),
                                   random_state=draw.seed()), regression(draw, extreme=True)),
    ensemble.BaggingClassifier: (3, lambda draw: (
        ensemble.BaggingClassifier(draw.turn(None, LogisticRegression(), LinearSVC()), **_some_features(draw)),
        classification(draw, styles=("normal", "integers")))),
    ensemble.BaggingRegressor: lambda draw: (
        ensemble.BaggingRegressor(draw.turn(None, Ridge()), **_some_features(draw)), regression(draw)),
    ensemble.ExtraTreesClassifier: (4, lambda draw: (
        ensemble.ExtraTreesClassifier(**_forest(draw)), _classes(draw))),
    ensemble.ExtraTreesRegressor: (3, lambda draw: (
        ensemble.ExtraTreesRegressor(**_regressors(draw)), _numbers(draw))),
    ensemble.GradientBoostingClassifier: (4, _boosted_classes),
    ensemble.GradientBoostingRegressor: (4, _boosted_numbers),
    ensemble.HistGradientBoostingClassifier: (4, _histogram_classes),
    ensemble.HistGradientBoostingRegressor: (5, _histogram_numbers),
    ensemble.IsolationForest: (3, lambda draw: (
        ensemble.IsolationForest(n_estimators=draw.whole(5, 15), contamination=draw.pick("auto", 0.1),
                                 max_features=draw.pick(1.0, 0.5), random_state=draw.seed()), _one_of_many(draw))),
    ensemble.RandomForestClassifier: (5, lambda draw: (
        ensemble.RandomForestClassifier(**_forest(draw)), _classes(draw))),
    ensemble.RandomForestRegressor: (3, lambda draw: (
        ensemble.RandomForestRegressor(criterion=draw.pick("squared_error", "absolute_error", "friedman_mse"),
                                       **_regressors(draw)), _numbers(draw))),
    ensemble.RandomTreesEmbedding: lambda draw: (
        ensemble.RandomTreesEmbedding(n_estimators=draw.whole(2, 5), max_depth=3, sparse_output=draw.flag(),
                                      random_state=draw.seed()), unlabelled(draw, extreme=True)),
    ensemble.StackingClassifier: (3, _stacking),
    ensemble.StackingRegressor: _stacked_numbers,
    ensemble.VotingClassifier: (3, _voting),
    ensemble.VotingRegressor: lambda draw: (
        ensemble.VotingRegressor([("a", Ridge()), ("b", KNeighborsRegressor(3))], weights=draw.pick(None, [2, 1])),
        regression(draw, styles=("normal",))),
    tree.DecisionTreeClassifier: (4, lambda draw: (
        tree.DecisionTreeClassifier(criterion=draw.pick("gini", "entropy"), ccp_alpha=draw.pick(0.0, 0.01),
                                    **_tree(draw)), _classes(draw))),
    tree.DecisionTreeRegressor: (3, lambda draw: (
        tree.DecisionTreeRegressor(criterion=draw.pick("squared_error", "absolute_error"), **_tree(draw)),
        _numbers(draw))),
    tree.ExtraTreeClassifier: (4, lambda draw: (tree.ExtraTreeClassifier(**_tree(draw)), _classes(draw))),
    tree.ExtraTreeRegressor: (3, lambda draw: (tree.ExtraTreeRegressor(**_tree(draw)), _numbers(draw))),
}  # fmt: skip
