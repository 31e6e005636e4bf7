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


def broken(name, **attributes):
    model = CountVectorizer()
    for key, value in attributes.items():
        setattr(model, key, value)
    write(name, model)


pattern("boundary", r"\b\w{2,4}x?-?\b")
pattern("brace", r"\w{+2}|\w+")
pattern("brace_digits", "\\w{\u0663}|\\w+")
pattern("choices", r"\w*\d")
pattern("group", r"(\w+)\s*")
pattern("inner_boundary", r"\w+\b\W\b\w+")
pattern("lazy", r"\w+?")
pattern("lookaround", r"\w+(?= )")
pattern("long", r"(?:\w{200}){2}|\w+")
pattern("named_class", r"[[:alpha:]]+|\w+")
pattern("nothing", r"\w*")
pattern("repetitions", r"(?:ab{1000}){1000}|\w+")
pattern("spaces", r"[^,]+", ngram_range=(1, 2))
write("columns", HashingVectorizer(n_features=1 << 23))
write("dictionaries", DictVectorizer().fit([{"a": 1.0}, {"a": "b"}]))
write("pairs", FeatureHasher(input_type="pair"))
broken("no_vocabulary", vocabulary_={})
broken("open_group", vocabulary_={"one": 0}, token_pattern="(one")
broken("place", vocabulary_={"one": 0, "two": "three"})
broken("range", vocabulary_={"one": 0}, token_pattern="[z-a]")
broken("twice", vocabulary_={"one": 0, "two": 0})
broken("twice_listed", vocabulary=["one", "one"])
broken("vocabulary", vocabulary_={"one": 0, "two": 7})
weights = TfidfVectorizer().fit(texts)
weights.vocabulary_ = {"one": 0, "two": 1}
write("weights", weights)
