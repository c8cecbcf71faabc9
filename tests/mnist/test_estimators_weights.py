"""The classifiers' weights of rows and classes, `hidden=100`, and early stopping on a handful of rows."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")
from sklearn.datasets import make_blobs, make_classification, make_moons
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from tinygrad_mnist.mnist.estimators import DigitClassifier, NetClassifier


@parametrize_with_checks(
    [
        NetClassifier(early_stopping=True),
        NetClassifier(hidden=20, class_weight="balanced", epochs=60),
        DigitClassifier(early_stopping=True),
    ]
)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def moons():
    return make_moons(200, noise=0.2, random_state=0)


@pytest.mark.parametrize("options", [{}, {"early_stopping": True}, {"dropout": 0.2}])
def test_a_weight_is_a_repetition_to_the_bit(options, moons):
    X, y = moons
    counts = np.random.default_rng(0).integers(0, 4, len(y))
    net = NetClassifier(16, epochs=5, random_state=0, **options)
    weighted = net.fit(X, y, sample_weight=counts).predict_proba(X)
    order = np.random.default_rng(1).permutation(counts.sum())
    repeated = net.fit(X.repeat(counts, 0)[order], y.repeat(counts)[order]).predict_proba(X)
    assert np.array_equal(weighted, repeated)
    assert not np.array_equal(weighted, net.fit(X, y).predict_proba(X))
    scaled = net.fit(X, y, sample_weight=counts / 1024).predict_proba(X)
    assert np.array_equal(weighted, scaled)


def test_weights_move_the_answer(moons):
    X, y = moons
    net = NetClassifier(16, epochs=20, random_state=0)
    heavy = np.where(y == 1, 50.0, 1.0)
    assert net.fit(X, y, sample_weight=heavy).predict(X).mean() > net.fit(X, y).predict(X).mean()
    net.partial_fit(X, y, sample_weight=heavy)
    same = NetClassifier(16, epochs=20, random_state=0, class_weight={1: 50.0, 0: 1.0})
    by_rows = NetClassifier(16, epochs=20, random_state=0).fit(X, y, sample_weight=heavy)
    assert np.array_equal(same.fit(X, y).predict_proba(X), by_rows.predict_proba(X))


def test_balanced_classes_find_the_rare_one():
    X, y = make_classification(
        900, 6, n_informative=4, weights=[0.95], class_sep=0.6, random_state=1
    )
    plain = NetClassifier(8, epochs=25, random_state=0).fit(X, y)
    balanced = NetClassifier(8, epochs=25, random_state=0, class_weight="balanced").fit(X, y)
    assert balanced_accuracy_score(y, balanced.predict(X)) > (
        balanced_accuracy_score(y, plain.predict(X)) + 0.05
    )


def test_in_ada_boost_and_bagging(moons):
    X, y = moons
    net = NetClassifier((4,), epochs=60, lr=0.02)
    boosted = AdaBoostClassifier(net, n_estimators=4, random_state=0).fit(X, y)
    assert boosted.score(X, y) > 0.85
    assert BaggingClassifier(net, n_estimators=3, random_state=0).fit(X, y).score(X, y) > 0.8
    names = np.array(["lower", "upper"])[y]
    assert (
        cross_val_score(
            NetClassifier(8, class_weight={"lower": 2, "upper": 1}, epochs=60), X, names, cv=3
        ).mean()
        > 0.8
    )


@pytest.mark.parametrize(
    ("options", "weights", "message"),
    [
        ({}, [0, 0, 0, 0], "zeros alone|non-zero number"),
        ({}, [1, 1, 1, -1], "[Nn]egative"),
        ({}, [1, 1, 1, np.nan], "NaN"),
        ({}, [1, 1, 1], "sample_weight"),
        ({"class_weight": "even"}, None, "class_weight: got 'even', wanted a dict, 'balanced'"),
        ({"class_weight": {0: -1, 1: 1}}, None, "wanted weights of 0 or more"),
        ({"class_weight": {0: 0, 1: 0}}, None, "class_weight: got zeros alone"),
        ({"hidden": 0}, None, "hidden: got 0, wanted whole numbers"),
        ({"hidden": (4, 2.5)}, None, "hidden: got"),
        ({"hidden": True}, None, "hidden: got True"),
        ({"early_stopping": True, "validation_fraction": 1.5}, None, "validation_fraction: got"),
    ],
)
def test_what_does_not_fit_is_named(options, weights, message):
    X = np.arange(8.0).reshape(4, 2)
    with pytest.raises(ValueError, match=message):
        NetClassifier(**options).fit(X, [0, 1, 0, 1], sample_weight=weights)


@pytest.mark.parametrize("hidden", [100, np.int64(100), (100,), [100], np.array([100])])
def test_one_layer_may_be_a_number(hidden, moons):
    X, y = moons
    net = NetClassifier(hidden, dropout=0.1, epochs=1, random_state=0).fit(X, y)
    assert [tuple(p.shape) for p in net.network_.parameters()][::2] == [(100, 2), (2, 100)]
    assert net.get_params()["hidden"] is hidden


@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5, 0.9])
def test_early_stopping_on_a_handful(n, fraction):
    X, y = make_blobs(n, 2, centers=min(n, 3), random_state=0)
    net = NetClassifier(
        8, epochs=4, early_stopping=True, validation_fraction=fraction, random_state=0
    )
    net.fit(X, y)
    assert len(net.predict(X)) == n
    several = np.bincount(y).max() > 1
    assert len(net.validation_scores_) == (net.n_epochs_ if several else 0)
