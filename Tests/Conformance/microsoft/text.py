"""Cases for the operators of text in `com.microsoft`."""

import numpy as np
from onnx import TensorProto

from .case import Case

TEXTS = ["a ab abc", "x", "", "İé 日本😀", "one,two;;three", "a\nb\tc", " ", "e\u0301a_1½"]


def tokenizer():
    matrix = np.array([TEXTS[:4], TEXTS[4:]], object)
    for title, attributes in {
        "characters": {"separators": [""]},
        "characters_dot": {"tokenexp": "."},
        "words": {"tokenexp": r"[\p{L}\p{N}_]{2,}"},
        "longest": {"tokenexp": "a|ab|abc"},
        "lazy": {"tokenexp": "[a-z]+?"},
        "optional": {"tokenexp": "[a-z]*"},
        "start": {"tokenexp": "^."},
        "end": {"tokenexp": "[a-z]$"},
        "boundary": {"tokenexp": r"\b[a-z]"},
        "group": {"tokenexp": "a(b)"},
        "not_a": {"tokenexp": "[^a]+"},
        "long": {"tokenexp": r"[\p{L}]+", "mincharnum": 3},
        "none": {"tokenexp": "Q"},
        "separators": {"separators": [" ", ",", ";"]},
        "separators_long": {"separators": [" ", ",", ";"], "mincharnum": 3},
        "separator_pattern": {"separators": ["[,;]+"]},
        "separator_longest": {"separators": ["a|ab"]},
        "separator_empty": {"separators": ["z*"]},
        "separator_boundary": {"separators": [r"\b"]},
        "separators_in_order": {"separators": ["t", "tw"]},
        "separator_start": {"separators": [",", "^t"]},
        "separator_all": {"separators": ["(?s:.)"]},
    }.items():
        for mark in (0, 1):
            options = {"mincharnum": 1, "pad_value": "#", "mark": mark, **attributes}
            name = f"{title}_marked" if mark else title
            yield Case(name, "Tokenizer", [matrix], types={"y0": TensorProto.STRING}, **options)
    options = {"separators": [""], "mincharnum": 1, "mark": 0, "pad_value": ""}
    for title, texts in {"vector": TEXTS, "blank": ["", ""]}.items():
        yield Case(title, "Tokenizer", [np.array(texts, object)], types={"y0": TensorProto.STRING}, **options)


def cases():
    return list(tokenizer())
