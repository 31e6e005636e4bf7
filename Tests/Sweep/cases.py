"""A case: one trained model with rows and the framework's own predictions, by the name of what is trained."""

import dataclasses
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


@dataclasses.dataclass(frozen=True)
class Case:
    family: str
    #: The class that is trained, or what the case is about.
    kind: str
    index: int
    #: From draws to a trained model.
    train: Callable

    @property
    def id(self):
        return f"{self.family}/{self.kind}/{self.index}"


class Kinds(dict):
    """The kinds of a family: for each, how often it is drawn and how it is trained."""

    def __init__(self, family):
        super().__init__()
        self.family = family

    def kind(self, name, count=2):
        """Lists the function below as the way to train a kind."""

        def listed(train):
            assert name not in self, f"{self.family}/{name} is listed twice"
            self[name] = (count, train)
            return train

        return listed

    def cases(self):
        for name in sorted(self):
            count, train = self[name]
            for index in range(count):
                yield Case(self.family, name, index, train)


def each(cases, judged, jobs):
    """What `judged` makes of each case, in their order.

    Processes are copies of this one, which has imported everything.
    """
    if jobs <= 1:
        yield from map(judged, cases)
        return
    _copied.update(judged=judged, cases=cases)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_judged, range(len(cases)))


#: What the copies of this process work on: ways of training are not sent between them.
_copied = {}


def _judged(number):
    return _copied["judged"](_copied["cases"][number])
