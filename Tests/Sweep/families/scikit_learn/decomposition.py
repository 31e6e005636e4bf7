"""Decomposition, manifolds, random projection, kernel approximation and feature selection of scikit-learn."""

import numpy as np
from sklearn import (
    cluster,
    decomposition,
    feature_selection,
    kernel_approximation,
    manifold,
    neighbors,
    neural_network,
    random_projection,
)
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from tables import POSITIVE_STYLES, Data, classification, matrix, regression, single, unlabelled


def _wide(draw, **shape):
    """At least four columns, of which none is constant."""
    return unlabelled(draw, features=draw.whole(4, 9), constant=False, **shape)


def _positive(draw):
    return _wide(draw, styles=POSITIVE_STYLES)


def _components(draw):
    return draw.whole(1, 3)


def _pca(draw):
    solver = draw.turn("full", "auto", "randomized")
    count = _components(draw) if solver == "randomized" else draw.pick(None, 2, 0.9)
    model = decomposition.PCA(n_components=count, whiten=draw.flag(), svd_solver=solver, random_state=draw.seed())
    return model, _wide(draw)


def _kernel_pca(draw):
    return decomposition.KernelPCA(
        n_components=_components(draw), kernel=draw.turn("rbf", "poly", "linear", "sigmoid", "cosine"),
        gamma=draw.pick(None, 0.05), random_state=draw.seed(),
    ), _wide(draw, rows=60, styles=("normal", "skewed"))  # fmt: skip


def _dictionary(model):
    def make(draw):
        return model(
            n_components=draw.whole(2, 4), transform_algorithm=draw.turn("threshold", "omp", "lasso_lars"),
            transform_alpha=0.3, max_iter=20, random_state=draw.seed(), split_sign=draw.flag(0.3),
        ), _wide(draw, rows=60, styles=("normal",))  # fmt: skip

    return make


def _coder(draw):
    atoms = draw.arrays.standard_normal((4, 5))
    atoms /= np.linalg.norm(atoms, axis=1, keepdims=True)
    X, test = matrix(draw, features=5, styles=("normal",), constant=False)
    algorithm = draw.turn("threshold", "omp")
    return decomposition.SparseCoder(single(atoms), transform_algorithm=algorithm, transform_alpha=0.2), Data(
        X, None, test
    )


def _non_negative(model):
    def make(draw):
        parameters = dict(n_components=_components(draw), init="nndsvda", max_iter=100, random_state=draw.seed())
        return model(**parameters), _positive(draw)

    return make


def _boltzmann(draw):
    X, test = (single(part > 0) for part in matrix(draw, features=5, styles=("normal",)))
    model = neural_network.BernoulliRBM(n_components=draw.whole(2, 5), n_iter=5, random_state=draw.seed())
    return model, Data(X, None, test)


def _selection(model, **parameters):
    """A selector by a score of each column."""

    def make(draw):
        score = draw.turn("f_classif", "chi2", "f_regression")
        shape = dict(features=draw.whole(3, 9), styles=POSITIVE_STYLES if score == "chi2" else ("normal", "scaled"))
        data = regression(draw, **shape) if score == "f_regression" else classification(draw, **shape)
        options = {name: draw.pick(*choices) for name, choices in parameters.items()}
        return model(getattr(feature_selection, score), **options), data

    return make


def _estimator(draw):
    return draw.pick(LogisticRegression(), DecisionTreeClassifier(max_depth=3, random_state=0))


def _classes(draw):
    return classification(draw, features=draw.whole(3, 7), styles=("normal",), kind="ints")


def _from_model(draw):
    model = draw.turn(ExtraTreesClassifier(10, random_state=0), Lasso(0.1))
    data = regression(draw, features=6, styles=("normal",)) if isinstance(model, Lasso) else _classes(draw)
    return feature_selection.SelectFromModel(model, threshold=draw.pick("mean", "median", None)), data


def _variance(draw):
    data = _wide(draw)
    data.X[:, 1] = data.test[:, 1] = 1
    return feature_selection.VarianceThreshold(threshold=draw.turn(0.0, 0.1)), data


def _agglomeration(draw):
    return cluster.FeatureAgglomeration(
        n_clusters=draw.whole(2, 3), pooling_func=draw.turn(np.mean, np.max, np.median)
    ), _wide(draw)


def _chi(model, **options):
    return lambda draw: (model(random_state=draw.seed(), **options), _positive(draw))


ESTIMATORS = {
    cluster.FeatureAgglomeration: _agglomeration,
    decomposition.DictionaryLearning: _dictionary(decomposition.DictionaryLearning),
    decomposition.FactorAnalysis: lambda draw: (
        decomposition.FactorAnalysis(n_components=_components(draw), rotation=draw.pick(None, "varimax"),
                                     random_state=0), _wide(draw, styles=("normal", "shifted"))),
    decomposition.FastICA: lambda draw: (
        decomposition.FastICA(n_components=_components(draw), whiten=draw.pick("unit-variance", "arbitrary-variance"),
                              random_state=draw.seed()), _wide(draw)),
    decomposition.IncrementalPCA: lambda draw: (
        decomposition.IncrementalPCA(n_components=_components(draw), whiten=draw.flag()), _wide(draw)),
    decomposition.KernelPCA: (4, _kernel_pca),
    decomposition.LatentDirichletAllocation: lambda draw: (
        decomposition.LatentDirichletAllocation(n_components=_components(draw) + 1, max_iter=5,
                                                random_state=draw.seed()), _wide(draw, styles=("integers",))),
    decomposition.MiniBatchDictionaryLearning: _dictionary(decomposition.MiniBatchDictionaryLearning),
    decomposition.MiniBatchNMF: _non_negative(decomposition.MiniBatchNMF),
    decomposition.MiniBatchSparsePCA: lambda draw: (
        decomposition.MiniBatchSparsePCA(n_components=_components(draw), max_iter=20, random_state=draw.seed()),
        _wide(draw, styles=("normal",))),
    decomposition.NMF: _non_negative(decomposition.NMF),
    decomposition.PCA: (3, _pca),
    decomposition.SparseCoder: _coder,
    decomposition.SparsePCA: lambda draw: (
        decomposition.SparsePCA(n_components=_components(draw), max_iter=20, random_state=draw.seed()),
        _wide(draw, rows=60, styles=("normal",))),
    decomposition.TruncatedSVD: lambda draw: (
        decomposition.TruncatedSVD(n_components=_components(draw), random_state=draw.seed(),
                                   algorithm=draw.pick("randomized", "arpack")), _wide(draw)),
    feature_selection.GenericUnivariateSelect: _selection(
        feature_selection.GenericUnivariateSelect, mode=("percentile",), param=(20, 50)),
    feature_selection.RFE: lambda draw: (
        feature_selection.RFE(_estimator(draw), n_features_to_select=2), _classes(draw)),
    feature_selection.RFECV: lambda draw: (
        feature_selection.RFECV(_estimator(draw), min_features_to_select=2, cv=3), _classes(draw)),
    feature_selection.SelectFdr: _selection(feature_selection.SelectFdr, alpha=(0.05, 0.5)),
    feature_selection.SelectFpr: _selection(feature_selection.SelectFpr, alpha=(0.05, 0.5)),
    feature_selection.SelectFromModel: _from_model,
    feature_selection.SelectFwe: _selection(feature_selection.SelectFwe, alpha=(0.05, 0.5)),
    feature_selection.SelectKBest: _selection(feature_selection.SelectKBest, k=(1, 2, "all")),
    feature_selection.SelectPercentile: _selection(feature_selection.SelectPercentile, percentile=(40, 70)),
    feature_selection.SequentialFeatureSelector: lambda draw: (
        feature_selection.SequentialFeatureSelector(
            DecisionTreeClassifier(max_depth=2, random_state=0), n_features_to_select=2, cv=2,
            direction=draw.turn("forward", "backward")),
        classification(draw, features=4, rows=60, kind="ints")),
    feature_selection.VarianceThreshold: _variance,
    kernel_approximation.AdditiveChi2Sampler: lambda draw: (
        kernel_approximation.AdditiveChi2Sampler(sample_steps=draw.turn(2, 1, 3)), _positive(draw)),
    kernel_approximation.Nystroem: (3, lambda draw: (
        kernel_approximation.Nystroem(kernel=draw.turn("rbf", "poly", "cosine"), n_components=draw.whole(5, 20),
                                      gamma=0.1, degree=2, random_state=draw.seed()), _wide(draw, styles=("normal",)))),
    kernel_approximation.PolynomialCountSketch: lambda draw: (
        kernel_approximation.PolynomialCountSketch(degree=draw.pick(2, 3), coef0=draw.pick(0, 1), n_components=16,
                                                   random_state=draw.seed()), _wide(draw, styles=("normal",))),
    kernel_approximation.RBFSampler: lambda draw: (
        kernel_approximation.RBFSampler(gamma=draw.pick("scale", 0.1, 1.0), n_components=16,
                                        random_state=draw.seed()), _wide(draw)),
    kernel_approximation.SkewedChi2Sampler: _chi(kernel_approximation.SkewedChi2Sampler, n_components=16),
    manifold.Isomap: lambda draw: (manifold.Isomap(n_neighbors=5), _wide(draw, rows=60, styles=("normal",))),
    manifold.LocallyLinearEmbedding: lambda draw: (
        manifold.LocallyLinearEmbedding(n_neighbors=6, random_state=0), _wide(draw, rows=60, styles=("normal",))),
    neighbors.NeighborhoodComponentsAnalysis: lambda draw: (
        neighbors.NeighborhoodComponentsAnalysis(n_components=2, max_iter=20, random_state=draw.seed()),
        _classes(draw)),
    neural_network.BernoulliRBM: _boltzmann,
    random_projection.GaussianRandomProjection: lambda draw: (
        random_projection.GaussianRandomProjection(n_components=_components(draw), random_state=draw.seed()),
        _wide(draw)),
    random_projection.SparseRandomProjection: lambda draw: (
        random_projection.SparseRandomProjection(n_components=_components(draw), dense_output=draw.flag(),
                                                 random_state=draw.seed()), _wide(draw)),
}  # fmt: skip
