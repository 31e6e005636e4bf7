"""Neighbours, support vectors, naive Bayes, networks, Gaussian processes, mixtures, densities and clusters."""

import numpy as np
from sklearn import (
    cluster,
    covariance,
    gaussian_process,
    mixture,
    naive_bayes,
    neighbors,
    neural_network,
    semi_supervised,
    svm,
)
from sklearn.gaussian_process import kernels
from sklearn.tree import DecisionTreeClassifier

from tables import POSITIVE_STYLES, Data, classification, matrix, multilabel, regression, unlabelled

SMOOTH = ("normal", "scaled", "skewed")
METRICS = ("minkowski", "manhattan", "chebyshev", "euclidean", "cosine")


def _near(draw):
    return dict(
        n_neighbors=draw.whole(1, 7), weights=draw.pick("uniform", "distance"), metric=draw.pick(*METRICS),
        p=draw.pick(2, 2, 1, 3),
    )  # fmt: skip


def _nearest(draw, model, drawn, **shape):
    """An estimator of neighbours; with one feature, all that lies on one side is equally far by its angle."""
    parameters = _near(draw)
    data = drawn(draw, styles=SMOOTH, **shape)
    if data.X.shape[1] == 1 and parameters["metric"] == "cosine":
        parameters["metric"] = "euclidean"
    return model(**parameters), data


def _plain(draw, **shape):
    return unlabelled(draw, styles=SMOOTH, constant=False, features=draw.whole(2, 6), **shape)


def _radius(draw):
    return dict(radius=draw.uniform(1.0, 2.5), weights=draw.pick("uniform", "distance"))


def _radius_classes(draw):
    data = classification(draw, styles=("normal",), features=draw.whole(1, 3), constant=False, kind="ints")
    return neighbors.RadiusNeighborsClassifier(outlier_label=draw.turn("most_frequent", 0), **_radius(draw)), data


def _kernel(draw):
    """A support vector machine's kernel."""
    name = draw.turn("rbf", "linear", "poly", "sigmoid")
    return dict(kernel=name, gamma=draw.pick("scale", "auto", 0.05), degree=draw.pick(2, 3),
                coef0=draw.pick(0.0, 1.0))  # fmt: skip


def _support(draw, **shape):
    return classification(draw, styles=("normal", "skewed"), constant=False, **shape)


def _svc(draw):
    shape = draw.pick("ovr", "ovo")
    return svm.SVC(C=draw.log(0.1, 10), probability=draw.flag(0.4), decision_function_shape=shape,
                   break_ties=False, random_state=0, **_kernel(draw)), _support(draw, rows=100)  # fmt: skip


def _nu_svc(draw):
    return svm.NuSVC(nu=draw.uniform(0.05, 0.2), probability=draw.flag(0.3), random_state=0, **_kernel(draw)), (
        _support(draw, rows=100))  # fmt: skip


def _counts(draw):
    return classification(draw, styles=POSITIVE_STYLES)


def _categories(draw):
    X = draw.arrays.integers(0, 4, (120, draw.whole(1, 5))).astype(float)
    y = (X[:, 0] + draw.arrays.integers(0, 2, len(X))).astype(int) % draw.turn(2, 3)
    return naive_bayes.CategoricalNB(min_categories=4, **_bayes(draw)), Data(X, y, X[:50])


def _network(draw):
    return dict(
        hidden_layer_sizes=draw.pick((5,), (8, 4)), activation=draw.turn("relu", "tanh", "logistic", "identity"),
        max_iter=40, random_state=draw.seed(), solver=draw.pick("adam", "lbfgs"),
    )  # fmt: skip


def _network_classes(draw):
    data = multilabel(draw, styles=("normal",)) if draw.index == 2 else classification(draw, styles=("normal",))
    return neural_network.MLPClassifier(**_network(draw)), data


def _covariance_function(draw):
    base = draw.turn(
        kernels.RBF(1.0), kernels.Matern(1.5, nu=draw.pick(0.5, 1.5, 2.5)), kernels.RationalQuadratic(),
        kernels.DotProduct(1.0), kernels.ExpSineSquared(1.0, 3.0), kernels.RBF(2.0) ** 2,
    )  # fmt: skip
    if draw.flag(0.7):
        base = kernels.ConstantKernel(2.0) * base
    return base + kernels.WhiteKernel(0.1) if draw.flag(0.7) else base


def _process(draw):
    function = _covariance_function(draw)
    features = 1 if "ExpSineSquared" in str(function) else draw.whole(1, 4)
    data = regression(draw, targets=draw.pick(0, 0, 2), rows=40, features=features, styles=("normal",))
    return gaussian_process.GaussianProcessRegressor(
        function, alpha=1e-2, normalize_y=draw.flag(), optimizer=None), data  # fmt: skip


def _process_classes(draw):
    data = classification(draw, rows=50, features=draw.whole(1, 4), styles=("normal",))
    shape = draw.pick("one_vs_rest", "one_vs_one" if draw.index == 0 else "one_vs_rest")
    function = draw.pick(None, kernels.RBF(1.5))
    return gaussian_process.GaussianProcessClassifier(function, optimizer=None, multi_class=shape), data


def _mixture(model):
    def make(draw):
        kind = draw.turn("full", "diag", "tied", "spherical")
        return model(n_components=draw.whole(1, 4), covariance_type=kind, random_state=draw.seed(), max_iter=30), (
            _plain(draw, rows=120)
        )

    return make


def _clusters(model, **options):
    return lambda draw: (model(n_clusters=draw.whole(2, 5), random_state=draw.seed(), **options), _plain(draw))


def _partly_labelled(draw, **shape):
    data = classification(draw, styles=("normal",), kind="ints", constant=False, **shape)
    data.y = np.where(draw.arrays.random(len(data.y)) < 0.3, -1, data.y)
    return data


def _spread(model):
    def make(draw):
        kernel = draw.turn("rbf", "knn")
        return model(kernel=kernel, gamma=1.0, n_neighbors=5), _partly_labelled(draw, rows=80)

    return make


def _correlated(draw):
    X, test = matrix(draw, features=draw.whole(2, 5), styles=("normal",), constant=False)
    return Data(X, None, test)


def _covariance(model, **options):
    return lambda draw: (model(**options), _correlated(draw))


def _bayes(draw):
    return dict(alpha=draw.log(0.01, 2), fit_prior=draw.flag(0.7))


ESTIMATORS = {
    cluster.AffinityPropagation: lambda draw: (
        cluster.AffinityPropagation(random_state=0, damping=0.8), _plain(draw, rows=60)),
    cluster.Birch: lambda draw: (
        cluster.Birch(threshold=0.5, n_clusters=draw.turn(3, None)), unlabelled(draw, styles=("normal",), features=3)),
    cluster.BisectingKMeans: _clusters(cluster.BisectingKMeans),
    cluster.KMeans: _clusters(cluster.KMeans, n_init=1),
    cluster.MeanShift: lambda draw: (
        cluster.MeanShift(bandwidth=1.0), unlabelled(draw, styles=("normal",), features=3)),
    cluster.MiniBatchKMeans: _clusters(cluster.MiniBatchKMeans, n_init=1),
    covariance.EllipticEnvelope: lambda draw: (
        covariance.EllipticEnvelope(contamination=draw.pick(0.05, 0.2), random_state=0), _correlated(draw)),
    covariance.EmpiricalCovariance: _covariance(covariance.EmpiricalCovariance),
    covariance.GraphicalLasso: _covariance(covariance.GraphicalLasso, alpha=0.1),
    covariance.GraphicalLassoCV: _covariance(covariance.GraphicalLassoCV, alphas=3, cv=3),
    covariance.LedoitWolf: _covariance(covariance.LedoitWolf),
    covariance.MinCovDet: _covariance(covariance.MinCovDet, random_state=0),
    covariance.OAS: _covariance(covariance.OAS),
    covariance.ShrunkCovariance: _covariance(covariance.ShrunkCovariance),
    gaussian_process.GaussianProcessClassifier: _process_classes,
    gaussian_process.GaussianProcessRegressor: (5, _process),
    mixture.BayesianGaussianMixture: (3, _mixture(mixture.BayesianGaussianMixture)),
    mixture.GaussianMixture: (4, _mixture(mixture.GaussianMixture)),
    naive_bayes.BernoulliNB: lambda draw: (
        naive_bayes.BernoulliNB(binarize=draw.pick(0.0, 0.5), **_bayes(draw)), classification(draw)),
    naive_bayes.CategoricalNB: _categories,
    naive_bayes.ComplementNB: (3, lambda draw: (
        naive_bayes.ComplementNB(norm=draw.flag(), **_bayes(draw)), _counts(draw))),
    naive_bayes.GaussianNB: (3, lambda draw: (
        naive_bayes.GaussianNB(var_smoothing=draw.pick(1e-9, 1e-3)), classification(draw))),
    naive_bayes.MultinomialNB: lambda draw: (naive_bayes.MultinomialNB(**_bayes(draw)), _counts(draw)),
    neighbors.KNeighborsClassifier: (4, lambda draw: (
        _nearest(draw, neighbors.KNeighborsClassifier, classification, constant=False))),
    neighbors.KNeighborsRegressor: (4, lambda draw: (
        _nearest(draw, neighbors.KNeighborsRegressor, regression, targets=draw.turn(0, 2)))),
    neighbors.KNeighborsTransformer: lambda draw: (
        neighbors.KNeighborsTransformer(mode=draw.turn("distance", "connectivity"), n_neighbors=3),
        _plain(draw, rows=50)),
    neighbors.KernelDensity: (3, lambda draw: (
        neighbors.KernelDensity(bandwidth=draw.uniform(0.4, 2), kernel=draw.turn("gaussian", "exponential", "tophat"),
                                rtol=0), _plain(draw, rows=60))),
    neighbors.LocalOutlierFactor: lambda draw: (
        neighbors.LocalOutlierFactor(n_neighbors=draw.whole(3, 10), novelty=True,
                                     contamination=draw.pick("auto", 0.1)), _plain(draw)),
    neighbors.NearestCentroid: (3, lambda draw: (
        neighbors.NearestCentroid(metric=draw.turn("euclidean", "manhattan"), shrink_threshold=draw.pick(None, 0.2)),
        classification(draw, styles=SMOOTH, constant=False))),
    neighbors.RadiusNeighborsClassifier: _radius_classes,
    neighbors.RadiusNeighborsRegressor: lambda draw: (
        neighbors.RadiusNeighborsRegressor(**_radius(draw)),
        regression(draw, styles=("normal",), features=draw.whole(1, 3), constant=False)),
    neighbors.RadiusNeighborsTransformer: lambda draw: (
        neighbors.RadiusNeighborsTransformer(mode=draw.turn("distance", "connectivity"), radius=1.5),
        _plain(draw, rows=50)),
    neural_network.MLPClassifier: (4, _network_classes),
    neural_network.MLPRegressor: (3, lambda draw: (
        neural_network.MLPRegressor(**_network(draw)),
        regression(draw, targets=draw.turn(0, 2), styles=("normal",)))),
    semi_supervised.LabelPropagation: _spread(semi_supervised.LabelPropagation),
    semi_supervised.LabelSpreading: _spread(semi_supervised.LabelSpreading),
    semi_supervised.SelfTrainingClassifier: lambda draw: (
        semi_supervised.SelfTrainingClassifier(DecisionTreeClassifier(max_depth=3, random_state=0)),
        _partly_labelled(draw)),
    svm.LinearSVC: (3, lambda draw: (
        svm.LinearSVC(C=draw.log(0.01, 10), loss=draw.pick("hinge", "squared_hinge"), random_state=0,
                      multi_class=draw.pick("ovr", "ovr", "crammer_singer")), classification(draw))),
    svm.LinearSVR: lambda draw: (
        svm.LinearSVR(C=draw.log(0.01, 10), epsilon=draw.pick(0.0, 0.1), random_state=0), regression(draw)),
    svm.NuSVC: (3, _nu_svc),
    svm.NuSVR: lambda draw: (
        svm.NuSVR(nu=draw.uniform(0.2, 0.8), **_kernel(draw)), regression(draw, styles=("normal",), rows=80)),
    svm.OneClassSVM: (3, lambda draw: (svm.OneClassSVM(nu=draw.uniform(0.05, 0.5), **_kernel(draw)), _plain(draw))),
    svm.SVC: (6, _svc),
    svm.SVR: (4, lambda draw: (
        svm.SVR(C=draw.log(0.1, 10), **_kernel(draw)), regression(draw, styles=("normal",), rows=80))),
}  # fmt: skip
