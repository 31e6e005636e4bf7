"""Random draws for one case: what is drawn depends on the seed and the case's id, and on no other case."""

import hashlib
import math
import random

import numpy as np


class Draw:
    def __init__(self, seed, case_id, index):
        digest = hashlib.sha256(f"{seed}/{case_id}".encode()).digest()
        self._random = random.Random(digest)
        #: The generator for arrays.
        self.arrays = np.random.default_rng(list(digest[:16]))
        #: The number of the variant, so that the first ones differ in what matters most.
        self.index = index

    def pick(self, *options):
        return self._random.choice(options)

    def turn(self, *options):
        """One of the options by the number of the variant, so that each comes before one comes twice."""
        return options[self.index % len(options)]

    def flag(self, chance=0.5):
        return self._random.random() < chance

    def whole(self, low, high):
        """A whole number from low to high, both included."""
        return self._random.randint(low, high)

    def uniform(self, low, high):
        return self._random.uniform(low, high)

    def log(self, low, high):
        """A number whose logarithm is uniform."""
        return math.exp(self._random.uniform(math.log(low), math.log(high)))

    def some(self, options, least=1):
        """A few of the options, in their order."""
        count = self._random.randint(least, len(options))
        kept = set(self._random.sample(range(len(options)), count))
        return [option for index, option in enumerate(options) if index in kept]

    def seed(self):
        return self._random.randrange(1 << 31)
