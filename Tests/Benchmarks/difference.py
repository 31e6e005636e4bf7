"""How far the outputs of two runtimes are apart."""

import numpy as np


def greatest(outputs, expected):
    """The greatest difference of any output, over the greatest magnitude in that output; infinite for other shapes."""
    worst = 0.0
    for name, reference in expected.items():
        value = outputs.get(name)
        if value is None or value.shape != reference.shape:
            return float("inf")
        if reference.size == 0:
            continue
        value, reference = value.astype(np.float64), reference.astype(np.float64)
        if not np.array_equal(np.isfinite(value), np.isfinite(reference)):
            return float("inf")
        finite = np.isfinite(reference)
        scale = np.abs(reference[finite]).max(initial=0.0) or 1.0
        worst = max(worst, float(np.abs(value - reference)[finite].max(initial=0.0) / scale))
    return worst
