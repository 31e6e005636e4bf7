"""Writes vectorizers of text that mlpack refuses.

    python text.py     # scikit-learn 1.9.1
"""

import pathlib
import pickle

from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer

folder = pathlib.Path(__file__).parent
texts = ["one two", "two-three 4"]


def write(name, model):
    (folder / f"text_{name}.pickle").write_bytes(pickle.dumps(model, 4))


def pattern(name, token_pattern, **options):
    write(name, CountVectorizer(token_pattern=token_pattern, **options).fit(texts))


pattern("boundary", r"\b\w{2,4}x?-?\b")
pattern("choices", r"\w*\d")
pattern("group", r"(\w+)\s*")
pattern("inner_boundary", r"\w+\b\W\b\w+")
pattern("lazy", r"\w+?")
pattern("lookaround", r"\w+(?= )")
pattern("nothing", r"\w*")
pattern("spaces", r"[^,]+", ngram_range=(1, 2))
write("columns", HashingVectorizer(n_features=1 << 23))
write("dictionaries", DictVectorizer().fit([{"a": 1.0}, {"a": "b"}]))
write("pairs", FeatureHasher(input_type="pair"))
broken = CountVectorizer().fit(texts)
broken.vocabulary_ = {"one": 0, "two": 7}
write("vocabulary", broken)
broken = TfidfVectorizer().fit(texts)
broken.vocabulary_ = {"one": 0, "two": 1}
write("weights", broken)
