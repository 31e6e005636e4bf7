"""Outputs of an exported model beside what the framework's own method gives."""

import numpy as np

from models import METHODS

RELATIVE, ABSOLUTE = 1e-4, 1e-5
EXACT = "label"


class Mismatch(Exception):
    """An output that is not the framework's; the message says where and by how much."""


def method_of(output, methods):
    """The method that an output comes from, by its name or by the name without the number of a target."""
    for name in (output, output.rstrip("0123456789").rstrip("_")):
        for method in (METHODS.get(name), name):
            if method in methods:
                return method
    return None


def compare(output, value, expected):
    """Throws a mismatch unless the value of an output is what was expected."""
    if isinstance(expected, list) and isinstance(value, list) and len(value) == len(expected):
        for each, expected_each in zip(value, expected, strict=True):
            compare(output, each, expected_each)
        return
    if isinstance(expected, (list, tuple)):
        expected = _of_targets(output, expected, np.shape(value))
    if isinstance(value, list):
        value = np.array([list(entry.values()) for entry in value])
    value, expected = np.asarray(value), np.asarray(expected)
    if hasattr(expected, "toarray"):
        expected = expected.toarray()
    if _squeezed(value.shape) != _squeezed(expected.shape):
        raise Mismatch(f"`{output}` has shape {list(value.shape)}, expected {list(expected.shape)}")
    value = value.reshape(expected.shape)
    if expected.dtype.kind in "OUST" and any(isinstance(element, str) for element in expected.ravel()):
        wrong = value.astype(str) != expected.astype(str)
    elif value.dtype.kind in "OUST":
        raise Mismatch(f"`{output}` holds strings, expected {expected.dtype}")
    else:
        value, expected = value.astype(np.float64), expected.astype(np.float64)
        relative, absolute = (0, 0) if output.startswith(EXACT) else (RELATIVE, ABSOLUTE)
        wrong = ~np.isclose(value, expected, rtol=relative, atol=absolute, equal_nan=True)
    if wrong.any():
        raise Mismatch(_difference(output, value, expected, wrong))


def spoiled(expected):
    """What a method gives, with one element a little beside: what the comparison must find."""
    if isinstance(expected, (list, tuple)):
        return [spoiled(each) for each in expected]
    values = np.array(expected, order="C")
    if values.dtype.kind == "b":
        return ~values
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
        last = values.reshape(-1)[-1:]
        last[:] = np.where(np.isfinite(last), last + 3 * (ABSOLUTE + RELATIVE * np.abs(last)), 0)
        return values
    values = values.astype(object)
    first = values.reshape(-1)[:1]
    first[0] = first[0] + 1 if isinstance(first[0], int) else f"{first[0]}?"
    return values


def _of_targets(output, expected, shape):
    """A list of arrays, one for each target: the one that the output's number names, or all in one array."""
    number = output[len(output.rstrip("0123456789")) :]
    if number and int(number) < len(expected):
        return expected[int(number)]
    for axis in (0, 1):
        if len({np.shape(each) for each in expected}) == 1 and np.stack(expected, axis).shape == shape:
            return np.stack(expected, axis)
    raise Mismatch(f"`{output}` has shape {list(shape)}, expected {len(expected)} arrays, one for each target")


def _plain(element):
    return repr(element.item() if isinstance(element, np.generic) else element)


def _squeezed(shape):
    return tuple(shape[:1]) + tuple(extent for extent in shape[1:] if extent != 1)


def _difference(output, value, expected, wrong):
    at = np.argwhere(wrong)
    rows = sorted({int(index[0]) for index in at}) if wrong.ndim else []
    size = ""
    if value.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            size = f" by {np.nanmax(np.where(wrong, np.abs(value - expected), 0)):.3g}"
    first = tuple(at[0])
    more = "…" if len(rows) > 6 else ""
    return (
        f"`{output}` differs{size} in {len(at)} of {wrong.size} elements, rows {', '.join(map(str, rows[:6]))}{more}: "
        f"at {list(map(int, first))} {_plain(value[first])}, expected {_plain(expected[first])}"
    )
