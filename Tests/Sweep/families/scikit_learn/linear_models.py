"""Linear models of scikit-learn, cross decomposition and kernel ridge."""

import numpy as np
from sklearn import cross_decomposition, isotonic, kernel_ridge, linear_model
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.linear_model import LinearRegression, Ridge

from tables import Data, classification, matrix, multilabel, regression, unlabelled


def _targets(draw):
    return regression(draw, targets=draw.turn(0, 2, 1, 3))


def _intercept(draw):
    return draw.flag(0.8)


def _logistic(draw):
    solver, penalty = draw.pick(("lbfgs", 0), ("newton-cg", 0), ("newton-cholesky", 0), ("saga", 1), ("saga", 0.5))
    return linear_model.LogisticRegression(
        C=draw.log(0.01, 100), l1_ratio=penalty, solver=solver, fit_intercept=_intercept(draw), max_iter=300,
        class_weight=draw.pick(None, "balanced"),
    ), classification(draw)  # fmt: skip


def _sgd_classifier(draw):
    return linear_model.SGDClassifier(
        loss=draw.turn("log_loss", "modified_huber", "hinge", "squared_error", "perceptron", "huber"),
        penalty=draw.pick("l2", "l1", "elasticnet"), alpha=draw.log(1e-4, 1e-1), average=draw.flag(0.3),
        random_state=draw.seed(),
    ), classification(draw, classes=draw.pick(2, 3, 4))  # fmt: skip


def _isotonic(draw):
    X, test = matrix(draw, features=1)
    y = np.tanh(X[:, 0] / X.std()) + 0.2 * draw.arrays.standard_normal(len(X)) if X.std() else X[:, 0]
    bounds = draw.turn("clip", "nan")
    return isotonic.IsotonicRegression(increasing=draw.pick(True, "auto"), out_of_bounds=bounds), Data(X, y, test)


def _kernel_ridge(draw):
    kernel = draw.turn("rbf", "linear", "poly", "laplacian", "sigmoid", "cosine")
    gamma = draw.pick(None, 0.1, 0.01)
    model = kernel_ridge.KernelRidge(alpha=draw.log(0.01, 10), kernel=kernel, gamma=gamma, degree=draw.pick(2, 3))
    return model, regression(draw, targets=draw.pick(0, 2), rows=60, styles=("normal", "skewed"))


def _ransac(draw):
    return linear_model.RANSACRegressor(
        draw.pick(None, LinearRegression(), Ridge(0.5)), random_state=draw.seed(), min_samples=0.7
    ), regression(draw, styles=("normal",))


def _decomposition(model, **options):
    def make(draw):
        data = regression(draw, targets=draw.whole(2, 3), features=draw.whole(3, 6), constant=False)
        return model(n_components=draw.whole(1, 2), scale=draw.flag(0.7), **options), data

    return make


def _discriminant(draw):
    solver = draw.turn("svd", "lsqr", "eigen")
    shrinkage = None if solver == "svd" else draw.pick(None, "auto", 0.3)
    return LinearDiscriminantAnalysis(solver=solver, shrinkage=shrinkage), classification(draw, constant=False)


def _quadratic(draw):
    data = classification(draw, constant=False, styles=("normal", "shifted"), rows=240, features=draw.whole(1, 4))
    return QuadraticDiscriminantAnalysis(reg_param=draw.pick(0.01, 0.1, 0.5)), data


ESTIMATORS = {
    linear_model.ARDRegression: lambda draw: (
        linear_model.ARDRegression(fit_intercept=_intercept(draw)), regression(draw)),
    linear_model.BayesianRidge: lambda draw: (
        linear_model.BayesianRidge(fit_intercept=_intercept(draw)), regression(draw)),
    linear_model.ElasticNet: lambda draw: (
        linear_model.ElasticNet(draw.log(0.001, 1), l1_ratio=draw.uniform(0.1, 1), positive=draw.flag(0.2)),
        _targets(draw)),
    linear_model.ElasticNetCV: lambda draw: (
        linear_model.ElasticNetCV(l1_ratio=draw.uniform(0.1, 1), cv=3), regression(draw)),
    linear_model.GammaRegressor: lambda draw: (
        linear_model.GammaRegressor(alpha=draw.log(0.01, 1), fit_intercept=_intercept(draw)),
        regression(draw, positive=True, styles=("normal", "integers"))),
    linear_model.HuberRegressor: lambda draw: (
        linear_model.HuberRegressor(epsilon=draw.uniform(1.1, 2), alpha=draw.log(1e-4, 1)), regression(draw)),
    linear_model.Lars: lambda draw: (linear_model.Lars(n_nonzero_coefs=draw.whole(1, 5)), _targets(draw)),
    linear_model.LarsCV: lambda draw: (linear_model.LarsCV(cv=3), regression(draw, constant=False)),
    linear_model.Lasso: lambda draw: (
        linear_model.Lasso(draw.log(0.001, 1), fit_intercept=_intercept(draw)), _targets(draw)),
    linear_model.LassoCV: lambda draw: (linear_model.LassoCV(cv=3), regression(draw)),
    linear_model.LassoLars: lambda draw: (linear_model.LassoLars(draw.log(0.001, 1)), _targets(draw)),
    linear_model.LassoLarsCV: lambda draw: (linear_model.LassoLarsCV(cv=3), regression(draw, constant=False)),
    linear_model.LassoLarsIC: lambda draw: (
        linear_model.LassoLarsIC(criterion=draw.turn("aic", "bic")), regression(draw, constant=False)),
    linear_model.LinearRegression: (3, lambda draw: (
        linear_model.LinearRegression(fit_intercept=_intercept(draw), positive=draw.flag(0.2)), _targets(draw))),
    linear_model.LogisticRegression: (5, _logistic),
    linear_model.LogisticRegressionCV: lambda draw: (
        linear_model.LogisticRegressionCV(Cs=3, cv=3, max_iter=300, l1_ratios=(0,), use_legacy_attributes=False,
                                          scoring="neg_log_loss"),
        classification(draw, styles=("normal", "skewed"))),
    linear_model.MultiTaskElasticNet: lambda draw: (
        linear_model.MultiTaskElasticNet(draw.log(0.001, 1)), regression(draw, targets=draw.whole(2, 4))),
    linear_model.MultiTaskElasticNetCV: lambda draw: (
        linear_model.MultiTaskElasticNetCV(cv=3), regression(draw, targets=draw.whole(2, 4))),
    linear_model.MultiTaskLasso: lambda draw: (
        linear_model.MultiTaskLasso(draw.log(0.001, 1)), regression(draw, targets=draw.whole(2, 4))),
    linear_model.MultiTaskLassoCV: lambda draw: (
        linear_model.MultiTaskLassoCV(cv=3), regression(draw, targets=draw.whole(2, 4))),
    linear_model.OrthogonalMatchingPursuit: lambda draw: (
        linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=draw.whole(1, 3)),
        regression(draw, targets=draw.turn(0, 2), features=draw.whole(3, 6), constant=False)),
    linear_model.OrthogonalMatchingPursuitCV: lambda draw: (
        linear_model.OrthogonalMatchingPursuitCV(cv=3),
        regression(draw, features=draw.whole(4, 7), constant=False, styles=("normal", "shifted"))),
    linear_model.PassiveAggressiveClassifier: lambda draw: (
        linear_model.PassiveAggressiveClassifier(C=draw.log(0.01, 1), random_state=draw.seed()), classification(draw)),
    linear_model.PassiveAggressiveRegressor: lambda draw: (
        linear_model.PassiveAggressiveRegressor(C=draw.log(0.01, 1), random_state=draw.seed()),
        regression(draw, styles=("normal", "skewed"))),
    linear_model.Perceptron: lambda draw: (
        linear_model.Perceptron(penalty=draw.pick(None, "l2", "l1"), random_state=draw.seed()), classification(draw)),
    linear_model.PoissonRegressor: lambda draw: (
        linear_model.PoissonRegressor(alpha=draw.log(0.01, 1)),
        regression(draw, positive=True, styles=("normal", "integers"))),
    linear_model.QuantileRegressor: lambda draw: (
        linear_model.QuantileRegressor(quantile=draw.uniform(0.1, 0.9), alpha=draw.log(1e-3, 0.1)), regression(draw)),
    linear_model.RANSACRegressor: _ransac,
    linear_model.Ridge: (3, lambda draw: (
        linear_model.Ridge(draw.log(0.01, 10), fit_intercept=_intercept(draw),
                           solver=draw.pick("auto", "svd", "cholesky", "lsqr")), _targets(draw))),
    linear_model.RidgeClassifier: (3, lambda draw: (
        linear_model.RidgeClassifier(draw.log(0.01, 10)),
        multilabel(draw) if draw.index == 2 else classification(draw))),
    linear_model.RidgeClassifierCV: lambda draw: (
        linear_model.RidgeClassifierCV(alphas=(0.1, 1.0, 10.0)), classification(draw)),
    linear_model.RidgeCV: lambda draw: (linear_model.RidgeCV(alphas=(0.1, 1.0, 10.0)), _targets(draw)),
    linear_model.SGDClassifier: (4, _sgd_classifier),
    linear_model.SGDOneClassSVM: lambda draw: (
        linear_model.SGDOneClassSVM(nu=draw.uniform(0.05, 0.5), random_state=draw.seed()),
        unlabelled(draw)),
    linear_model.SGDRegressor: lambda draw: (
        linear_model.SGDRegressor(loss=draw.turn("squared_error", "huber", "epsilon_insensitive"),
                                  random_state=draw.seed()),
        regression(draw, styles=("normal", "sparse"))),
    linear_model.TheilSenRegressor: lambda draw: (
        linear_model.TheilSenRegressor(max_subpopulation=200, random_state=draw.seed()),
        regression(draw, rows=60, features=draw.whole(1, 3))),
    linear_model.TweedieRegressor: (3, lambda draw: (
        linear_model.TweedieRegressor(power=draw.turn(0, 1.5, 2, 3), link=draw.pick("auto", "log"),
                                      alpha=draw.log(0.01, 1)),
        regression(draw, positive=True, styles=("normal", "integers")))),
    LinearDiscriminantAnalysis: (3, _discriminant),
    QuadraticDiscriminantAnalysis: _quadratic,
    cross_decomposition.CCA: _decomposition(cross_decomposition.CCA),
    cross_decomposition.PLSCanonical: _decomposition(cross_decomposition.PLSCanonical),
    cross_decomposition.PLSRegression: _decomposition(cross_decomposition.PLSRegression),
    cross_decomposition.PLSSVD: _decomposition(cross_decomposition.PLSSVD),
    isotonic.IsotonicRegression: _isotonic,
    kernel_ridge.KernelRidge: (4, _kernel_ridge),
}  # fmt: skip
