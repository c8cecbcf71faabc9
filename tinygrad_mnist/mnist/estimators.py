"""Classifiers for scikit-learn: in pipelines, in grid searches, by its own checks.

A program on top of the framework, as a user would write it. `import tinygrad_mnist` does not bring
it in; it needs scikit-learn: pip install 'tinygrad-mnist[sklearn]'. Estimators are saved by
scikit-learn's own means, pickle and joblib: load only files that you trust.
"""

from __future__ import annotations

import contextlib
import copy
import math
import numbers
import threading
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import extras, nn, optim
from tinygrad_mnist.mnist.recipe import RECIPES, initialise
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import DataLoader, TensorDataset

extras.require("tinygrad_mnist.estimators", ("sklearn",), "sklearn")

from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: E402
from sklearn.utils import check_random_state  # noqa: E402
from sklearn.utils.class_weight import compute_class_weight  # noqa: E402
from sklearn.utils.multiclass import check_classification_targets  # noqa: E402
from sklearn.utils.validation import (  # noqa: E402
    _check_sample_weight,
    check_is_fitted,
    check_non_negative,
    validate_data,
)

__all__ = ["DigitClassifier", "NetClassifier"]

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "identity": nn.Identity,
}
BATCH = 1024  # rows that are answered at once
FEW = 50  # held out rows, of fewer than which the accuracy alone says too little
Floats = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]
Rows = tuple[Floats, npt.NDArray[Any], Weights]  # features, numbers of labels, weights
# Layers and dropout draw from one generator, which belongs to one fit at a time.
_DRAWING = threading.Lock()


class NetClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """A network of linear layers, trained with AdamW on the cross-entropy, in float32.

    A row of weight 2 counts as that row twice, and one of weight 0 as none, to the bit: rows that
    are alike are taken together first.

    Args:
        hidden: units of each hidden layer; a number for one layer.
        activation: "relu", "tanh", "sigmoid", "gelu" or "identity", after each hidden layer.
        dropout: the probability that a hidden unit is dropped, one for all layers or one for each.
        lr: the learning rate of AdamW (Loshchilov and Hutter, 2019).
        betas: its two averaging rates.
        weight_decay: what it takes from each weight at a step, times the rate.
        lr_decay: after epoch e the rate is divided by (1 + lr_decay * e).
        batch_size: rows per step.
        epochs: passes over the rows of `fit`, at most.
        early_stopping: hold out rows, stop when accuracy on them has not grown for `patience`
            epochs, and keep the best epoch's weights. Where fewer than 50 rows are held out, the
            loss decides between epochs of the same accuracy.
        validation_fraction: the share that is held out, of each class alike.
        patience: see `early_stopping`.
        random_state: a seed, a numpy RandomState, or None for NumPy's global one. The package's own
            generator is left as it was.
        class_weight: the weight of each label, "balanced" for weights that make all labels of the
            rows at hand count alike, or None for 1.

    Attributes:
        classes_: (n_classes,), the labels in order; columns of `predict_proba`.
        n_features_in_: columns of X.
        network_: the trained network, features to logits; `tinygrad_mnist.onnx.export` takes it.
        loss_curve_: the mean cross-entropy of each epoch in nats, with dropout on.
        validation_scores_: the accuracy on the held out rows after each epoch, or None.
        n_epochs_: how many epochs were made.

    Example:
        >>> from tinygrad_mnist.mnist.estimators import NetClassifier
        >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> net = NetClassifier((8,), lr=0.05, random_state=0)
        >>> net = net.fit(X, ["low", "low", "high", "high"])
        >>> net.predict([[-1.0], [4.0]]).tolist()
        ['low', 'high']
    """

    def __init__(
        self,
        hidden: Any = (100,),
        activation: str = "relu",
        dropout: Any = 0.0,
        lr: float = 0.003,
        betas: tuple[float, float] = (0.9, 0.999),
        weight_decay: float = 0.0,
        lr_decay: float = 0.0,
        batch_size: int = 64,
        epochs: int = 40,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        random_state: Any = None,
        class_weight: Any = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.dropout = dropout
        self.lr = lr
        self.betas = betas
        self.weight_decay = weight_decay
        self.lr_decay = lr_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train anew.

        Args:
            X: (n, features).
            y: (n,), labels of any type that can be ordered.
            sample_weight: (n,), how much each row counts, 0 or more. Default: all alike.

        Returns:
            The classifier itself.

        Raises:
            ValueError: if rows, labels or the classifier's own settings do not fit.
        """
        X, y = self._checked(X, y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        rows = self._weighted(X, labels, sample_weight)
        random = check_random_state(self.random_state)
        state = self._start(X, random)
        held_out = None
        with self._randomness(state):
            if self.early_stopping:
                rows, held_out = self._split(rows, random)
            self._fit(rows, held_out)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Make one more epoch, on these rows.

        Args:
            X: (n, features).
            y: (n,), labels.
            classes: all labels there will be; the first call must name them.
            sample_weight: (n,), how much each row counts among these. Default: all alike.

        Returns:
            The classifier itself.

        Raises:
            ValueError: if classes are missing, or others than at first, or a label is none of them.
        """
        first = not hasattr(self, "network_")
        if first and classes is None:
            message = "the first call got no classes, wanted all labels there will be"
            raise ValueError(f"partial_fit: {message}")
        X, y = self._checked(X, y, reset=first)
        known = self.classes_ if classes is None else np.unique(classes)
        if not first and not np.array_equal(self.classes_, known):
            got = known.tolist()
            wanted = self.classes_.tolist()
            raise ValueError(f"partial_fit: got classes {got}, wanted {wanted}, as at first")
        unknown = sorted(set(np.unique(y).tolist()) - set(known.tolist()))
        if unknown:
            raise ValueError(f"partial_fit: got labels {unknown}, wanted only {known.tolist()}")
        self.classes_ = known
        rows = self._weighted(X, np.searchsorted(self.classes_, y), sample_weight)
        if first:
            self._start(X, check_random_state(self.random_state))
        with self._randomness(self._state):
            self._epoch(rows)
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probability of each class.

        It is computed in float64, in which a row's answer does not depend on the rows beside it, to
        15 digits.

        Args:
            X: (n, features).

        Returns:
            (n, n_classes).
        """
        check_is_fitted(self)
        rows = tg.from_numpy(self._scaled(self._checked(X, reset=False)))
        network = copy.deepcopy(self.network_).double()
        with tg.inference_mode():
            parts = [F.softmax(network(part.double()), 1).numpy() for part in rows.split(BATCH)]
        probabilities: npt.NDArray[np.float64] = np.concatenate(parts)
        return probabilities

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of each row.

        Args:
            X: (n, features).

        Returns:
            (n,), labels.
        """
        probabilities = self.predict_proba(X)
        labels: npt.NDArray[Any] = self.classes_[probabilities.argmax(1)]
        return labels

    # ---- how ----

    def _checked(self, X: Any, y: Any = "no_validation", reset: bool = True) -> Any:
        """X as float32, with y as an array; refused in scikit-learn's words if they do not fit."""
        checked = validate_data(self, X, y, reset=reset, dtype=np.float32)
        if isinstance(checked, tuple):
            check_classification_targets(checked[1])
        return checked

    def _scaled(self, X: Floats) -> Floats:
        """What the network gets of X."""
        return X

    def _weighted(self, X: Floats, labels: npt.NDArray[Any], sample_weight: Any) -> Rows:
        """Rows with their weights: 1 on average, rows that are alike as one, none of weight 0.

        They are sorted, so that neither the order nor the repetition of what was given decides
        which rows a step sees.
        """
        given = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        counted = np.flatnonzero(given > 0)
        if not len(counted):
            raise ValueError("sample_weight: got zeros alone, wanted a row that counts")
        # Bytes of this order are sorted as the numbers are, whatever these are divided by.
        table = np.empty((len(counted), X.shape[1] + 1), ">f4")
        table[:, :-1] = X[counted]
        table[:, -1] = labels[counted]
        keys = table.view(f"S{table.strides[0]}")[:, 0]
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        weights = np.bincount(which, given[counted]).astype(np.float64)
        kept = counted[first]
        weights = weights * self._class_weights(labels[kept], weights)[labels[kept]]
        if not weights.any():
            raise ValueError("class_weight: got zeros alone for these rows, wanted one that counts")
        return X[kept], labels[kept], weights / weights.mean()

    def _class_weights(self, labels: npt.NDArray[Any], weights: Weights) -> Weights:
        """The weight of each class."""
        count = len(self.classes_)
        if self.class_weight is None:
            return np.ones(count)
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            totals = np.bincount(labels, weights, count)
            found = totals > 0
            balanced = np.ones(count)
            balanced[found] = weights.sum() / (found.sum() * totals[found])
            return balanced
        if not isinstance(self.class_weight, dict):
            got = repr(self.class_weight)
            raise ValueError(f"class_weight: got {got}, wanted a dict, 'balanced' or None")
        named: Weights = compute_class_weight(
            self.class_weight, classes=self.classes_, y=self.classes_
        )
        if not (np.isfinite(named).all() and (named >= 0).all()):
            raise ValueError(f"class_weight: got {self.class_weight}, wanted weights of 0 or more")
        return named

    def _split(self, rows: Rows, random: Any) -> tuple[Rows, Rows | None]:
        """Rows to train on and rows to hold out, of each class alike where it has two or more.

        Where no class has two, all are trained on and none is held out.
        """
        share = self.validation_fraction
        if not 0 < share < 1:
            raise ValueError(f"validation_fraction: got {share}, wanted between 0 and 1")
        labels = rows[1]
        drawn = random.permutation(len(labels))
        parts = []
        spare = []  # what may be held out where the shares come to nothing
        for label in np.unique(labels):
            places = drawn[labels[drawn] == label]
            count = min(round(share * len(places)), len(places) - 1)
            parts.append(places[:count])
            spare.append(places[count : len(places) - 1])
        held = np.concatenate(parts)
        if not len(held):
            held = np.concatenate(spare)[:1]
        if not len(held):
            return rows, None
        kept = np.setdiff1d(drawn, held)
        X, labels, weights = rows
        return (X[kept], labels[kept], weights[kept]), (X[held], labels[held], weights[held])

    def _layers(self) -> list[int]:
        """The units of each hidden layer."""
        hidden = self.hidden
        units: list[Any] = [hidden] if isinstance(hidden, numbers.Number) else list(hidden)
        for each in units:
            whole = isinstance(each, numbers.Integral) and not isinstance(each, bool)
            if not whole or each < 1:
                raise ValueError(f"hidden: got {hidden!r}, wanted whole numbers of units from 1 on")
        return [int(each) for each in units]

    def _dropouts(self) -> list[float]:
        """The probability of dropout for each hidden layer."""
        layers = len(self._layers())
        if not isinstance(self.dropout, list | tuple):
            return [self.dropout] * layers
        if len(self.dropout) != layers:
            got = f"got {len(self.dropout)} probabilities"
            raise ValueError(f"dropout: {got}, wanted {layers}, as hidden layers")
        return list(self.dropout)

    def _start(self, X: Floats, random: Any) -> tg.Tensor:
        """Make network and optimizer; the state that their random numbers go on from."""
        dropouts = self._dropouts()
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"activation: got {self.activation!r}, wanted one of {known}")
        generator = tg.Generator().manual_seed(int(random.randint(2**31)))
        with self._randomness(generator.get_state()):
            self.network_ = self._network(X.shape[1], dropouts)
        self._optimizer = optim.AdamW(
            self.network_.parameters(), lr=self.lr, betas=self.betas, weight_decay=self.weight_decay
        )
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self.n_epochs_ = 0
        return self._state

    def _network(self, features: int, dropouts: list[float]) -> nn.Sequential:
        """The network with its initial weights (He et al. 2015)."""
        layers: list[nn.Module] = []
        width = features
        for units, dropout in zip(self._layers(), dropouts, strict=True):
            layers += [nn.Linear(width, units), ACTIVATIONS[self.activation](), nn.Dropout(dropout)]
            width = units
        layers.append(nn.Linear(width, len(self.classes_)))
        initialise(layers)
        return nn.Sequential(*layers)

    @contextlib.contextmanager
    def _randomness(self, state: tg.Tensor) -> Iterator[None]:
        """A block that draws from `state` on, and leaves the package's generator as it was."""
        with _DRAWING, tg.random.fork_rng():
            tg.set_rng_state(state)
            try:
                yield
            finally:
                self._state = tg.get_rng_state()

    def _epoch(self, rows: Rows) -> None:
        """Make one pass over the rows."""
        X, labels, weights = rows
        tensors = [tg.from_numpy(self._scaled(X)), tg.from_numpy(labels.astype(np.int64))]
        if (weights != weights[0]).any():
            tensors.append(tg.from_numpy(weights.astype(np.float32)))
        divisor = math.prod(1 + self.lr_decay * epoch for epoch in range(self.n_epochs_))
        for group in self._optimizer.param_groups:
            group["lr"] = self.lr / divisor
        self.network_.train()
        total = 0.0
        dataset = TensorDataset(*tensors)
        loader: DataLoader[tuple[tg.Tensor, ...]] = DataLoader(
            dataset, self.batch_size, shuffle=True
        )
        for x, y, *weight in loader:
            self._optimizer.zero_grad()
            if weight:
                losses = F.cross_entropy(self.network_(x), y, reduction="none")
                loss = (losses * weight[0]).mean()
            else:
                loss = F.cross_entropy(self.network_(x), y)
            loss.backward()
            self._optimizer.step()
            total += loss.item() * len(y)
        self.network_.eval()
        self.n_epochs_ += 1
        self.loss_curve_.append(total / len(X))

    def _fit(self, rows: Rows, held_out: Rows | None) -> None:
        """Make all epochs; with held out rows, as many as it takes, and keep the best weights."""
        if held_out is None:
            for _ in range(self.epochs):
                self._epoch(rows)
            return
        best = (-1.0, 0.0)
        since = 0
        kept: dict[str, tg.Tensor] = {}
        scores: list[float] = []
        self.validation_scores_ = scores
        for _ in range(self.epochs):
            self._epoch(rows)
            score = self._quality(*held_out)
            scores.append(score[0])
            since += 1
            if score > best:
                best = score
                since = 0
                state = self.network_.state_dict()
                kept = {name: tensor.clone() for name, tensor in state.items()}
            if since >= self.patience:
                break
        if kept:
            self.network_.load_state_dict(kept)

    def _quality(
        self, X: Floats, labels: npt.NDArray[Any], weights: Weights
    ) -> tuple[float, float]:
        """The share of rows answered right, by weight; and where they are few, minus the loss."""
        with tg.inference_mode():
            logits = self.network_(tg.from_numpy(self._scaled(X)))
            losses = F.cross_entropy(logits, tg.from_numpy(labels), reduction="none").numpy()
        answers = logits.numpy().argmax(1)
        accuracy = float(np.average(answers == labels, weights=weights))
        loss = float(np.average(losses, weights=weights)) if len(labels) < FEW else 0.0
        return accuracy, -loss


_ORIGINAL = RECIPES["original"]
_DROPOUT = tuple(round(1 - keep, 12) for keep in _ORIGINAL.keep)


class DigitClassifier(NetClassifier):
    """The classifier of hand-written digits with the original recipe, for images in any usual form.

    X is (n, 784) or (n, 28, 28), or images of another size; pixels are 0 for paper up to 1 or 255
    for ink, which is told from the largest pixel that `fit` sees. Where some digits are rarer than
    others, `fit` takes weights: `sklearn.utils.class_weight.compute_sample_weight("balanced", y)`.

    Args:
        hidden: as of `NetClassifier`, like all others. The defaults are the original recipe's.
        activation: after each hidden layer.
        dropout: the probability that a hidden unit is dropped.
        lr: the learning rate.
        betas: the averaging rates of AdamW.
        weight_decay: of AdamW.
        lr_decay: of the learning rate.
        batch_size: rows per step.
        epochs: passes over the rows.
        early_stopping: whether rows are held out.
        validation_fraction: the share of them.
        patience: epochs without a better one.
        random_state: a seed, a numpy RandomState, or None.

    Attributes:
        ink_: the largest pixel of `fit`, by which pixels are divided.
    """

    def __init__(
        self,
        hidden: Any = _ORIGINAL.hidden,
        activation: str = "relu",
        dropout: Any = _DROPOUT,
        lr: float = _ORIGINAL.lr,
        betas: tuple[float, float] = (_ORIGINAL.beta1, _ORIGINAL.beta2),
        weight_decay: float = 0.0,
        lr_decay: float = _ORIGINAL.decay,
        batch_size: int = _ORIGINAL.batch_size,
        epochs: int = _ORIGINAL.epochs,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            hidden=hidden,
            activation=activation,
            dropout=dropout,
            lr=lr,
            betas=betas,
            weight_decay=weight_decay,
            lr_decay=lr_decay,
            batch_size=batch_size,
            epochs=epochs,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            patience=patience,
            random_state=random_state,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags

    def _checked(self, X: Any, y: Any = "no_validation", reset: bool = True) -> Any:
        if getattr(X, "ndim", 2) == 3:
            X = np.asarray(X).reshape(len(X), -1)
        checked = super()._checked(X, y, reset)
        pixels = checked[0] if isinstance(checked, tuple) else checked
        check_non_negative(pixels, type(self).__name__)
        if reset:
            self.ink_ = float(pixels.max()) or 1.0
        return checked

    def _scaled(self, X: Floats) -> Floats:
        scaled: Floats = X / np.float32(self.ink_)
        return scaled
