"""Rows to predict as the values that a model's inputs ask for, by their names and types."""

import numpy as np
import pandas as pd

TYPES = {
    "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_, "tensor(string)": np.str_,
}  # fmt: skip


class CannotFeed(Exception):
    """What the model asks for is not in the rows; the message says what it is."""


def feeds(rows, inputs):
    """The rows for inputs that are given as `(name, type, rank)`."""
    columns = _columns(rows)
    if columns is not None and (len(inputs) > 1 or inputs[0][0] in columns):
        return {name: _column(name, columns, type_) for name, type_, _ in inputs}
    if len(inputs) != 1:
        raise CannotFeed(f"inputs {', '.join(name for name, _, _ in inputs)} for rows without names of columns")
    name, type_, rank = inputs[0]
    values = _matrix(rows) if columns is None or isinstance(rows, pd.DataFrame) else None
    if values is None:
        raise CannotFeed(f"one input `{name}` for rows that are dictionaries")
    values = _typed(values, type_, name)
    if values.ndim == 1 and rank == 2:
        values = values[:, None]
    return {name: values}


def _columns(rows):
    """Columns by name: of a frame, or of dictionaries, where a missing key is 0 or empty."""
    if isinstance(rows, pd.DataFrame):
        return {str(name): rows[name] for name in rows.columns}
    if isinstance(rows, list) and rows and isinstance(rows[0], dict):
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: pd.Series(_filled([row.get(name) for row in rows])) for name in names}
    return None


def _filled(values):
    blank = "" if any(isinstance(value, str) for value in values) else 0.0
    return [blank if value is None else value for value in values]


def _column(name, columns, type_):
    if name not in columns:
        raise CannotFeed(f"input `{name}` is no column of the rows, which are {', '.join(columns)}")
    column = columns[name]
    if isinstance(column.dtype, pd.CategoricalDtype) and type_ != "tensor(string)":
        column = column.cat.codes.replace(-1, np.nan)
    if pd.api.types.is_extension_array_dtype(column.dtype) and pd.api.types.is_any_real_numeric_dtype(column.dtype):
        return _typed(column.to_numpy(np.float64, na_value=np.nan), type_, name).reshape(len(column), 1)
    return _typed(column.to_numpy(), type_, name).reshape(len(column), 1)


def _matrix(rows):
    if isinstance(rows, pd.DataFrame):
        parts = []
        for name in rows.columns:
            column = rows[name]
            if isinstance(column.dtype, pd.CategoricalDtype):
                column = column.cat.codes.replace(-1, np.nan)
            parts.append(column.to_numpy())
        rows = np.stack([np.asarray(part, dtype=object) for part in parts], 1)
    if isinstance(rows, list):
        if all(isinstance(row, tuple) for row in rows):
            return _padded(rows, "no label" if any(isinstance(label, str) for row in rows for label in row) else -1)
        if all(isinstance(row, list) and all(isinstance(text, str) for text in row) for row in rows):
            return _padded(rows, "")
        if not all(isinstance(row, str) for row in rows):
            raise CannotFeed("rows that are collections have no tensor")
        return np.array(rows, dtype=object)
    return np.asarray(rows)


def _padded(rows, filler):
    """Collections as a matrix, with a filler behind the shorter ones that stands for nothing."""
    width = max(map(len, rows), default=0)
    return np.array([[*row, *[filler] * (width - len(row))] for row in rows], dtype=object)


def _typed(values, type_, name):
    wanted = TYPES.get(type_)
    if wanted is None:
        raise CannotFeed(f"input `{name}` of type {type_}")
    are_strings = any(isinstance(value, str) for value in values.ravel()) if values.dtype.kind == "O" else (
        values.dtype.kind in "UT")  # fmt: skip
    if are_strings != (wanted is np.str_):
        kind = "strings" if are_strings else "numbers"
        raise CannotFeed(f"input `{name}` is {type_}, and the rows hold {kind}")
    if are_strings:
        return np.array([str(value) for value in values.ravel()], dtype=object).reshape(values.shape)
    numbers = values.astype(np.float64) if values.dtype.kind in "Of" else values
    typed = numbers.astype(wanted)
    if not np.array_equal(typed.astype(np.float64), numbers.astype(np.float64), equal_nan=True):
        raise CannotFeed(f"input `{name}` is {type_}, which does not hold the rows' numbers")
    return typed
