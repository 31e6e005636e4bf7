"""The families of models that the sweep trains, one module or package each."""

from families import catboost_models, lightgbm_models, odd, pipelines, scikit_learn, text, xgboost_models

FAMILIES = [
    scikit_learn.KINDS,
    pipelines.KINDS,
    odd.KINDS,
    text.KINDS,
    xgboost_models.KINDS,
    lightgbm_models.KINDS,
    catboost_models.KINDS,
]
