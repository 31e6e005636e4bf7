"""Vectorizers of text, alone and before a classifier, with every option that changes how text is read."""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import FeatureUnion, Pipeline

from cases import Kinds
from models import scikit_learn
from tables import Data

KINDS = Kinds("text")
WORDS = (
    "the cat sat on a mat and The DOG barked at it while I was in New York city don't stop state-of-the-art 3.14 42 "
    "naïve café Straße ÜBER élan e-mail a_b x1 ab ba abc AI ok no not very good bad movie plot film ﬁne İstanbul 東京 "
    "日本語 привет мир ας σοφός ½ co-op it's"
).split()
MARKS = (" ", " ", " ", " ", ", ", ". ", "  ", "\n", "\t", " - ", "! ", "/", "'", " (", ") ", "\u00a0", " “", "… ")


def documents(draw, count):
    """Texts of up to fourteen words, of ASCII alone in half of the cases.

    The last ones are empty, of one word, of marks alone and of unknown words.
    """
    words, marks = WORDS, MARKS
    if draw.flag():
        words, marks = ([text for text in texts if text.isascii()] for texts in (WORDS, MARKS))
    texts = []
    for _ in range(count - 6):
        parts = []
        for _ in range(draw.whole(1, 14)):
            word = draw.pick(*words)
            parts += [draw.pick(word, word, word, word.upper(), word.title()), draw.pick(*marks)]
        texts.append("".join(parts))
    return [*texts, "", " ", "cat", "!!! ...", "zzz qqq unseen", "x" * 40]


def _vectorized(draw, model):
    texts = documents(draw, 80)
    return scikit_learn(draw, model, Data(texts[:50], None, texts[25:]))


def _model(draw):
    return draw.turn(CountVectorizer, TfidfVectorizer, TfidfVectorizer)


def _extent(draw):
    """Options that go with every other: which terms are kept, and what is counted."""
    options = dict(min_df=draw.pick(1, 1, 2), max_features=draw.pick(None, None, 20))
    if draw.flag(0.3):
        options |= dict(binary=True)
    return options


def _weights(draw, model):
    if model is not TfidfVectorizer:
        return {}
    return dict(
        norm=draw.pick("l2", "l2", "l1", None), sublinear_tf=draw.flag(0.3), use_idf=draw.flag(0.8),
        smooth_idf=draw.flag(0.8),
    )  # fmt: skip


def _vectorizer(name, count, **choices):
    """Lists a kind whose options are drawn from the choices."""

    def train(draw):
        model = _model(draw)
        options = {option: draw.turn(*values) for option, values in choices.items()}
        return _vectorized(draw, model(**options, **_extent(draw), **_weights(draw, model)))

    KINDS.kind(name, count)(train)


_vectorizer("defaults", 3)
_vectorizer("word n-grams", 3, ngram_range=((1, 2), (2, 2), (1, 3)))
_vectorizer("characters", 3, analyzer=("char",), ngram_range=((1, 1), (2, 3), (1, 3)))
_vectorizer("characters in words", 3, analyzer=("char_wb",), ngram_range=((2, 3), (1, 2), (3, 4)))
_vectorizer("stop words", 2, stop_words=("english", ["cat", "the", "not"]), ngram_range=((1, 1), (1, 2)))
_vectorizer("token pattern", 4, token_pattern=(r"(?u)\b\w+\b", r"[A-Za-z]+", r"\S+", r"(?u)\b\w[\w'-]+\b"))
_vectorizer("case", 2, lowercase=(False,), ngram_range=((1, 1), (1, 2)))
_vectorizer("accents", 2, strip_accents=("unicode", "ascii"))
_vectorizer("vocabulary", 2, vocabulary=(["cat", "dog", "new york", "movie"],), ngram_range=((1, 1), (1, 2)))


@KINDS.kind("hashing")
def _hashing(draw):
    model = HashingVectorizer(
        n_features=draw.pick(8, 32), alternate_sign=draw.flag(), norm=draw.pick("l2", "l1", None),
        ngram_range=draw.turn((1, 1), (1, 2)),
    )  # fmt: skip
    return _vectorized(draw, model)


def _topics(draw, model, classes=None):
    texts = documents(draw, 120)
    options = np.array(["spam", "ham", "Ünïcode"], dtype=object)[: classes or draw.turn(2, 3)]
    y = options[draw.arrays.integers(0, len(options), 80)]
    return scikit_learn(draw, model, Data(texts[:80], y, texts[60:]))


@KINDS.kind("classifier", 3)
def _classifier(draw):
    last = draw.turn(LogisticRegression(), MultinomialNB(), SGDClassifier(loss="log_loss", random_state=0))
    steps = [("vectorizer", _model(draw)(ngram_range=draw.pick((1, 1), (1, 2)), min_df=2)), ("classifier", last)]
    return _topics(draw, Pipeline(steps))


@KINDS.kind("counts to weights")
def _counts_to_weights(draw):
    steps = [("count", CountVectorizer(min_df=2)), ("weigh", TfidfTransformer(sublinear_tf=draw.flag())),
             ("classifier", ComplementNB())]  # fmt: skip
    return _topics(draw, Pipeline(steps))


@KINDS.kind("union")
def _union(draw):
    parts = [("words", TfidfVectorizer(min_df=2)), ("characters", CountVectorizer(analyzer="char", ngram_range=(2, 2)))]
    if draw.turn(False, True):
        return _topics(draw, Pipeline([("union", FeatureUnion(parts)), ("classifier", LogisticRegression())]))
    return _vectorized(draw, FeatureUnion(parts))
