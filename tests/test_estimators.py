"""The classifiers for scikit-learn, by its own checks and in its own tools."""

import pickle
import threading

import numpy as np
import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

import tinygrad_mnist as tg
from tinygrad_mnist.mnist import datasets

pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.datasets import load_digits, make_moons
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from tinygrad_mnist.mnist.estimators import DigitClassifier, NetClassifier


@parametrize_with_checks([NetClassifier(), DigitClassifier()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def moons():
    return make_moons(300, noise=0.2, random_state=0)


def test_in_a_pipeline_and_a_grid_search(moons):
    X, y = moons
    names = np.array(["lower", "upper"])[y]
    pipeline = make_pipeline(StandardScaler(), NetClassifier(epochs=30, random_state=0))
    search = GridSearchCV(pipeline, {"netclassifier__hidden": [(2,), (32, 16)]}, cv=3).fit(X, names)
    assert search.best_params_ == {"netclassifier__hidden": (32, 16)}
    assert search.score(X, names) > 0.95
    assert set(search.predict(X)) == {"lower", "upper"}


def test_random_state_decides_everything_and_the_packages_generator_is_left_alone(moons):
    X, y = moons
    model = NetClassifier((16,), dropout=0.3, epochs=3, random_state=4)
    tg.manual_seed(1)
    before = tg.get_rng_state()
    first = model.fit(X, y).predict_proba(X)
    assert tg.equal(tg.get_rng_state(), before)
    tg.manual_seed(2)
    again = clone(model).fit(X, y)
    assert np.array_equal(again.predict_proba(X), first)
    assert not np.array_equal(
        clone(model).set_params(random_state=5).fit(X, y).predict_proba(X), first
    )
    several = [clone(model) for _ in range(3)]
    threads = [threading.Thread(target=each.fit, args=(X, y)) for each in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(each.predict_proba(X), first) for each in several)


def test_pickled_halfway_it_goes_on_bit_for_bit(moons):
    X, y = moons
    model = NetClassifier((16,), dropout=0.3, random_state=0).partial_fit(X, y, classes=[0, 1])
    other = pickle.loads(pickle.dumps(model))
    for each in (model, other):
        each.partial_fit(X, y).partial_fit(X[:100], y[:100])
    assert np.array_equal(model.predict_proba(X), other.predict_proba(X))
    assert model.loss_curve_ == other.loss_curve_ and len(model.loss_curve_) == model.n_epochs_ == 3
    fitted = NetClassifier((16,), dropout=0.3, random_state=0, epochs=2).fit(X, y)
    twice = (
        NetClassifier((16,), dropout=0.3, random_state=0)
        .partial_fit(X, y, classes=[0, 1])
        .partial_fit(X, y)
    )
    assert np.array_equal(fitted.predict_proba(X), twice.predict_proba(X))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(y=[0, 1] * 150), "got no classes, wanted all"),
        (dict(y=[0, 7] * 150, classes=[0, 1]), r"got labels \[7\], wanted only \[0, 1\]"),
    ],
)
def test_partial_fit_refuses(arguments, message, moons):
    with pytest.raises(ValueError, match=message):
        NetClassifier().partial_fit(
            moons[0], **{key: np.array(value) for key, value in arguments.items()}
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(activation="swish"), "activation: got 'swish'"),
        (dict(dropout=(0.1, 0.2)), "dropout: got 2 probabilities"),
    ],
)
def test_bad_options_are_named(options, message, moons):
    with pytest.raises(ValueError, match=message):
        NetClassifier(**options).fit(*moons)


def test_early_stopping_keeps_the_best_epoch(moons):
    X, y = moons
    model = NetClassifier(
        (32,), epochs=200, early_stopping=True, validation_fraction=0.2, patience=5, random_state=0
    )
    model.fit(X, y)
    scores = model.validation_scores_
    assert model.n_epochs_ == len(scores) == np.argmax(scores) + 1 + 5 < 200
    shorter = clone(model).set_params(epochs=int(np.argmax(scores)) + 1).fit(X, y)
    assert np.array_equal(shorter.predict_proba(X), model.predict_proba(X))


def test_digits_in_every_usual_form_give_the_same_network():
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (60, 28, 28), dtype=np.uint8), np.arange(60) % 10
    images[0, 0, 0] = 255
    forms = [
        images,
        images.reshape(60, 784),
        images.reshape(60, 784).astype(np.float64),
        images / 255,
    ]
    models = [DigitClassifier(epochs=2, random_state=0).fit(form, labels) for form in forms]
    answers = [model.predict_proba(form) for model, form in zip(models, forms, strict=True)]
    for other in answers[1:]:
        np.testing.assert_allclose(other, answers[0], rtol=1e-3)
    with pytest.raises(ValueError, match="Negative values"):
        models[0].predict(-images.astype(float))


def test_digits_are_learned():
    digits = datasets.embedded()
    model = DigitClassifier(epochs=8, random_state=0).fit(digits.train_images, digits.train_labels)
    assert model.score(digits.test_images, digits.test_labels) > 0.92
    assert model.loss_curve_[-1] < 0.5 * model.loss_curve_[0]
    assert [p.shape for p in model.network_.parameters()][::2] == [
        (400, 784),
        (100, 400),
        (10, 100),
    ]
    small, answers = load_digits(return_X_y=True)  # 8 x 8, pixels up to 16
    assert (
        DigitClassifier(epochs=15, random_state=0)
        .fit(small[:1500], answers[:1500])
        .score(small[1500:], answers[1500:])
        > 0.9
    )
