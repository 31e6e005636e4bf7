"""Fits vectorizers on small texts, and records what scikit-learn makes of others.

    python text.py     # scikit-learn 1.9.1 or 1.1.3, with the packages that versions.json names

A case's `<name>.npz` holds the inputs under the names that the exported model has for them, and what each method of the
estimator gives; `<name>.joblib` is the model.
"""

import json
import pathlib
import warnings

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
folder = pathlib.Path(__file__).parent / sklearn.__version__ / "text"
folder.mkdir(parents=True, exist_ok=True)
cases = {}
texts = np.array([
    "The cat sat on the mat", "the DOG sat\ton  the cat", "İstanbul and İzmir", "ΣΟΦΌΣ Σ ΑΣ' ΑΣΑ σοφός",
    "naïve café Straße", "don't stop, state-of-the-art", "3.14 and 42 and ½ x²", "日本語 東京 日本語", "a_b a__b ab AB",
    "the cat\u00a0and the dog", "e\u0301lan \ufb01ne", "not very good", "good and bad", "", " ", "!!! ...",
])  # fmt: skip
classes = np.array(["cat", "dog"])[np.arange(16) % 2]


def write(name, model, arrays):
    np.savez_compressed(folder / f"{name}.npz", **arrays)
    joblib.dump(model, folder / f"{name}.joblib", compress=("zlib", 9))
    cases[name] = [f"{name}.joblib"]


def transformed(model, rows):
    values = model.transform(rows)
    return values.toarray() if hasattr(values, "toarray") else values


def record(name, model, rows=texts, inputs=None):
    model.fit(rows)
    write(name, model, {**(inputs or {"X": rows}), "transformed": transformed(model, rows)})


record("CountVectorizer", CountVectorizer())
record("CountVectorizer_accents_ascii", CountVectorizer(strip_accents="ascii"))
record("CountVectorizer_binary", CountVectorizer(binary=True, lowercase=False))
record("CountVectorizer_characters", CountVectorizer(analyzer="char", ngram_range=(1, 3), max_features=60))
record("CountVectorizer_filter", CountVectorizer(token_pattern=r"\b[a-z]{2,}\b", ngram_range=(1, 2), lowercase=False))
record("CountVectorizer_pattern", CountVectorizer(token_pattern=r"(?u)\b\w[\w'-]+\b", lowercase=False))
record("CountVectorizer_stop_words", CountVectorizer(stop_words="english", ngram_range=(1, 2)))
record("CountVectorizer_words", CountVectorizer(analyzer="char_wb", ngram_range=(4, 5), lowercase=False))
vocabulary = {"the cat": 1, "cat": 0, "and the dog": 3, "never": 2, "cat sat on the": 4}
record("CountVectorizer_vocabulary", CountVectorizer(vocabulary=vocabulary, ngram_range=(1, 2)))
parts = ["the cat sat on the mat", " ", "", "  "]
record("CountVectorizer_blank", CountVectorizer(vocabulary=parts, token_pattern=r"[^,]+"), np.append(texts, "a,  ,b"))
record("CountVectorizer_unreachable", CountVectorizer(vocabulary=["one two", "cat", "three four"]))
record("CountVectorizer_zeros", CountVectorizer(vocabulary=["one two", "three four"]))
record("TfidfVectorizer", TfidfVectorizer())
record("TfidfVectorizer_options", TfidfVectorizer(norm="l1", sublinear_tf=True, smooth_idf=False, ngram_range=(1, 2)))
record("TfidfVectorizer_counts", TfidfVectorizer(norm=None, use_idf=False, binary=True))
record("HashingVectorizer", HashingVectorizer(n_features=16))
hashing = {"n_features": 11, "norm": "l1", "binary": True, "lowercase": False}
record("HashingVectorizer_words", HashingVectorizer(analyzer="char_wb", ngram_range=(4, 5), **hashing))
record("HashingVectorizer_n_grams", HashingVectorizer(n_features=8, norm=None, alternate_sign=False, ngram_range=(1, 2)))

rows = [{"age": 3.0, "city": "Köln"}, {"age": 4.5, "city": "大阪"}, {"city": "Oslo"}, {"age": 1.0}]
columns = {
    "age": np.array([[row.get("age", 0)] for row in rows], np.float32),
    "city": np.array([[row.get("city", "")] for row in rows]),
}
record("DictVectorizer", DictVectorizer(), rows, columns)
words = np.array([["one", "two", "two"], ["日本", "", ""], ["", "", ""]])
hasher = FeatureHasher(n_features=8, input_type="string")
lists = [[word for word in row if word] for row in words]
record("FeatureHasher", hasher, lists, {"X": words})

parts = [("words", TfidfVectorizer(lowercase=False)), ("pairs", CountVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False))]
model = Pipeline([("union", FeatureUnion(parts)), ("classifier", LogisticRegression())]).fit(texts, classes)
arrays = {"X": texts, "label": model.predict(texts), "probabilities": model.predict_proba(texts)}
write("Pipeline_union", model, arrays)

frame = pd.DataFrame({"length": np.arange(16.0), "text": texts})
parts = [("text", CountVectorizer(lowercase=False), "text"), ("length", StandardScaler(), ["length"])]
columns = {"length": np.arange(16, dtype=np.float32)[:, None], "text": texts[:, None]}
record("ColumnTransformer", ColumnTransformer(parts), frame, columns)

versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "joblib": joblib.__version__, "seed": 0}
(folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
