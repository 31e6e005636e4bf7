"""A case: one trained model with rows and the framework's own predictions, by the name of what is trained."""

import dataclasses
from collections.abc import Callable


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
