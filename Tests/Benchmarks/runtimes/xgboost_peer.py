"""XGBoost's own predictor, on the file that it saved beside the model."""

import time

import xgboost

from models import trees

from . import timed

NAME = "XGBoost"


def version():
    return xgboost.__version__


class Session:
    def __init__(self, case, threads):
        self.feeds = case.feeds["input"]
        started = time.perf_counter_ns()
        self.booster = xgboost.Booster({"nthread": threads}, model_file=trees.booster_path(case.path))
        self.first = self.booster.inplace_predict(self.feeds)
        self.load_ms = (time.perf_counter_ns() - started) / 1e6

    def outputs(self):
        return {"output": self.first.reshape(-1, 1)}

    def measure(self, seconds):
        predict, feeds = self.booster.inplace_predict, self.feeds
        return timed(lambda: predict(feeds), seconds)
