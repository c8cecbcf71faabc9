"""Classifiers for scikit-learn: in pipelines, in grid searches, by its own checks.

A program on top of the framework, as a user would write it. `import tinygrad_mnist` does not bring
it in; it needs scikit-learn: pip install 'tinygrad-mnist[sklearn]'. Estimators are saved by
scikit-learn's own means, pickle and joblib: load only files that you trust.
"""

from __future__ import annotations

import contextlib
import copy
import math
import threading
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn, optim
from tinygrad_mnist.mnist.recipe import RECIPES
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import DataLoader, TensorDataset

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data
except ImportError:
    raise ImportError(
        "tinygrad_mnist.estimators: needs pip install 'tinygrad-mnist[sklearn]'"
    ) from None

ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "identity": nn.Identity,
}
Floats = npt.NDArray[np.float32]
_DRAWING = (
    threading.Lock()
)  # layers and dropout draw from one generator, which belongs to one fit at a time


class NetClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """A network of linear layers, trained with AdamW on the cross-entropy, in float32.

    Args:
        hidden: units of each hidden layer.
        activation: "relu", "tanh", "sigmoid", "gelu" or "identity", after each hidden layer.
        dropout: the probability that a hidden unit is dropped, one for all layers or one for each.
        lr, betas, weight_decay: of AdamW (Loshchilov and Hutter, 2019).
        lr_decay: after epoch e the rate is divided by (1 + lr_decay * e).
        batch_size: rows per step.
        epochs: passes over the rows of `fit`, at most.
        early_stopping: hold out rows, stop when accuracy on them has not grown for `patience`
            epochs, and keep the best epoch's weights.
        validation_fraction: the share that is held out, of each class alike.
        patience: see `early_stopping`.
        random_state: a seed, a numpy RandomState, or None for NumPy's global one. The package's own
            generator is left as it was.

    Attributes:
        classes_: (n_classes,), the labels in order; columns of `predict_proba`.
        n_features_in_: columns of X.
        network_: the trained network, features to logits; `tinygrad_mnist.onnx.export` takes it.
        loss_curve_: the mean cross-entropy of each epoch in nats, with dropout on.
        validation_scores_: the accuracy on the held out rows after each epoch, or None.
        n_epochs_: how many epochs were made.
    """

    def __init__(
        self, hidden: Any = (100,), activation: str = "relu", dropout: Any = 0.0, lr: float = 0.003,
        betas: tuple[float, float] = (0.9, 0.999), weight_decay: float = 0.0, lr_decay: float = 0.0,
        batch_size: int = 64, epochs: int = 40, early_stopping: bool = False, validation_fraction: float = 0.1,
        patience: int = 10, random_state: Any = None,
    ) -> None:  # fmt: skip
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

    def fit(self, X: Any, y: Any) -> Self:
        """Train anew on X, (n, features), and labels y, (n,), of any type that can be ordered."""
        X, y = self._checked(X, y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        random = check_random_state(self.random_state)
        held_out: Any = None
        with self._randomness(self._start(X, random)):
            if self.early_stopping:
                X, held_X, labels, held_y = train_test_split(
                    X,
                    labels,
                    test_size=self.validation_fraction,
                    random_state=random,
                    stratify=labels,
                )
                held_out = held_X, held_y
            self._fit(X, labels, held_out)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """One more epoch, on these rows; the first call must name all classes there will be."""
        first = not hasattr(self, "network_")
        if first and classes is None:
            raise ValueError(
                "partial_fit: the first call got no classes, wanted all labels there will be"
            )
        X, y = self._checked(X, y, reset=first)
        known = self.classes_ if classes is None else np.unique(classes)
        if not first and not np.array_equal(self.classes_, known):
            raise ValueError(
                f"partial_fit: got classes {known.tolist()}, wanted {self.classes_.tolist()}, as at first"
            )
        if unknown := sorted(set(np.unique(y).tolist()) - set(known.tolist())):
            raise ValueError(f"partial_fit: got labels {unknown}, wanted only {known.tolist()}")
        self.classes_ = known
        state = self._start(X, check_random_state(self.random_state)) if first else self._state
        with self._randomness(state):
            self._epoch(X, np.searchsorted(self.classes_, y))
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probability of each class, (n, n_classes).

        In float64, in which a row's answer does not depend on the rows beside it, to 15 digits.
        """
        check_is_fitted(self)
        x = tg.from_numpy(self._scaled(self._checked(X, reset=False)))
        network = copy.deepcopy(self.network_).double()
        with tg.inference_mode():
            parts = [F.softmax(network(part.double()), 1).numpy() for part in x.split(1024)]
        out: npt.NDArray[np.float64] = np.concatenate(parts)
        return out

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of each row, (n,)."""
        probabilities = self.predict_proba(X)
        labels: npt.NDArray[Any] = self.classes_[probabilities.argmax(1)]
        return labels

    # ---- how ----

    def _checked(self, X: Any, y: Any = "no_validation", reset: bool = True) -> Any:
        """X as float32, with y as an array; refused in scikit-learn's words where they do not fit."""
        checked = validate_data(self, X, y, reset=reset, dtype=np.float32)
        if isinstance(checked, tuple):
            check_classification_targets(checked[1])
        return checked

    def _scaled(self, X: Floats) -> Floats:
        """What the network gets of X."""
        return X

    def _start(self, X: Floats, random: Any) -> tg.Tensor:
        """Make network and optimizer; the state that their random numbers go on from."""
        dropout = (
            self.dropout
            if isinstance(self.dropout, list | tuple)
            else [self.dropout] * len(self.hidden)
        )
        if len(dropout) != len(self.hidden):
            raise ValueError(
                f"dropout: got {len(dropout)} probabilities, wanted {len(self.hidden)}, as hidden layers"
            )
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"activation: got {self.activation!r}, wanted one of {', '.join(ACTIVATIONS)}"
            )
        generator = tg.Generator().manual_seed(int(random.randint(2**31)))
        layers: list[nn.Module] = []
        width = X.shape[1]
        with self._randomness(generator.get_state()):
            for units, p in zip(self.hidden, dropout, strict=True):
                layers += [nn.Linear(width, units), ACTIVATIONS[self.activation](), nn.Dropout(p)]
                width = units
            self.network_ = nn.Sequential(*layers, nn.Linear(width, len(self.classes_)))
            for layer in self.network_:
                if isinstance(layer, nn.Linear):
                    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                    layer.bias.data.zero_()
        options = {"betas": self.betas, "weight_decay": self.weight_decay}
        self._optimizer = optim.AdamW(self.network_.parameters(), lr=self.lr, **options)
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self.n_epochs_ = 0
        return self._state

    @contextlib.contextmanager
    def _randomness(self, state: tg.Tensor) -> Iterator[None]:
        """A block that draws from `state` on, and leaves the package's generator as it was."""
        with _DRAWING, tg.random.fork_rng():
            tg.set_rng_state(state)
            try:
                yield
            finally:
                self._state = tg.get_rng_state()

    def _epoch(self, X: Floats, labels: npt.NDArray[Any]) -> None:
        rows = TensorDataset(tg.from_numpy(self._scaled(X)), tg.from_numpy(labels.astype(np.int64)))
        for group in self._optimizer.param_groups:
            group["lr"] = self.lr / math.prod(1 + self.lr_decay * e for e in range(self.n_epochs_))
        self.network_.train()
        total = 0.0
        for x, y in DataLoader(rows, self.batch_size, shuffle=True):
            self._optimizer.zero_grad()
            loss = F.cross_entropy(self.network_(x), y)
            loss.backward()
            self._optimizer.step()
            total += loss.item() * len(y)
        self.network_.eval()
        self.n_epochs_ += 1
        self.loss_curve_.append(total / len(X))

    def _fit(self, X: Floats, labels: npt.NDArray[Any], held_out: Any) -> None:
        best, since = -1.0, 0
        kept: dict[str, tg.Tensor] = {}
        for _ in range(self.epochs):
            self._epoch(X, labels)
            if held_out is None:
                continue
            with tg.inference_mode():
                answers = self.network_(tg.from_numpy(self._scaled(held_out[0]))).numpy().argmax(1)
            score = float((answers == held_out[1]).mean())
            self.validation_scores_.append(score)  # type: ignore[union-attr]
            since += 1
            if score > best:
                best, since = score, 0
                kept = {name: tensor.clone() for name, tensor in self.network_.state_dict().items()}
            if since >= self.patience:
                break
        if kept:
            self.network_.load_state_dict(kept)


_ORIGINAL = RECIPES["original"]
_DROPPED = tuple(round(1 - keep, 12) for keep in _ORIGINAL.keep)


class DigitClassifier(NetClassifier):
    """The classifier of hand-written digits with the original recipe, for images in any usual form.

    X is (n, 784) or (n, 28, 28), or images of another size; pixels are 0 for paper up to 1 or 255 for
    ink, which is told from the largest pixel that `fit` sees. Other arguments as of `NetClassifier`.

    Attributes:
        ink_: the largest pixel of `fit`, by which pixels are divided.
    """

    def __init__(
        self, hidden: Any = _ORIGINAL.hidden, activation: str = "relu",
        dropout: Any = _DROPPED, lr: float = _ORIGINAL.lr,
        betas: tuple[float, float] = (_ORIGINAL.beta1, _ORIGINAL.beta2), weight_decay: float = 0.0,
        lr_decay: float = _ORIGINAL.decay, batch_size: int = _ORIGINAL.batch_size, epochs: int = _ORIGINAL.epochs,
        early_stopping: bool = False, validation_fraction: float = 0.1, patience: int = 10, random_state: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            hidden, activation, dropout, lr, betas, weight_decay, lr_decay, batch_size, epochs, early_stopping,
            validation_fraction, patience, random_state,
        )  # fmt: skip

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
        out: Floats = X / np.float32(self.ink_)
        return out
