"""Every class of `all_estimators()` that has something to say of rows that it was not trained on."""

from sklearn.utils import all_estimators

from cases import Kinds
from families.scikit_learn import composition, decomposition, ensembles, linear_models, neighbours, preprocessing
from models import scikit_learn

#: The classes that only label, embed or find the neighbours of what they were trained on.
WITHOUT_INFERENCE = {
    "AgglomerativeClustering", "ClassicalMDS", "DBSCAN", "HDBSCAN", "MDS", "NearestNeighbors", "OPTICS",
    "SpectralBiclustering", "SpectralClustering", "SpectralCoclustering", "SpectralEmbedding", "TSNE",
}  # fmt: skip
_MODULES = (composition, decomposition, ensembles, linear_models, neighbours, preprocessing)

KINDS = Kinds("scikit-learn")


def _listed(estimator, entry):
    count, make = entry if isinstance(entry, tuple) else (2, entry)
    KINDS.kind(estimator.__name__, count)(lambda draw: scikit_learn(draw, *make(draw)))


for _module in _MODULES:
    for _estimator, _entry in _module.ESTIMATORS.items():
        _listed(_estimator, _entry)


def unlisted():
    """The classes of scikit-learn that neither list has, and those that it has no more."""
    known = {name for name, _ in all_estimators()}
    return sorted(known ^ (set(KINDS) | WITHOUT_INFERENCE))
