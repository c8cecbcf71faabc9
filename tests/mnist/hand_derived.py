"""The original project's formulas, derived by hand, beside the lines that the tape derives.

The hand's arrays hold an example in each column, the tape's in each row; and the hand divides by
m where weights and biases get their gradients, the tape where the loss does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

KEEP = (0.4, 0.5)


class Pair(NamedTuple):
    """One formula.

    Attributes:
        hand: the hand's, as Python.
        tape: the line of the derivation that is it.
        relation: how the tape's result follows from the hand's: "T" the transpose, "/m" divided
            by the batch's size.
    """

    hand: str
    tape: str
    relation: str

    @property
    def names(self) -> tuple[str, str]:
        """What the two sides compute."""
        return self.hand.partition(" = ")[0], self.tape.partition(" = ")[0]


FORWARD = [
    Pair("Z1 = W1 @ X + b1", "z1 = x @ w1.T + b1", "T"),
    Pair("R1 = np.maximum(Z1, 0)", "h1 = np.maximum(z1, 0.0)", "T"),
    Pair(
        "D1 = rng.random(R1.T.shape, np.float32).T < keep1",
        "mask1 = (rng.random(h1.shape, np.float32) < 0.4) / np.float64(0.4)",
        "T, /keep1",
    ),
    Pair("A1 = R1 * D1 / keep1", "d1 = h1 * mask1", "T"),
    Pair("Z2 = W2 @ A1 + b2", "z2 = d1 @ w2.T + b2", "T"),
    Pair("R2 = np.maximum(Z2, 0)", "h2 = np.maximum(z2, 0.0)", "T"),
    Pair(
        "D2 = rng.random(R2.T.shape, np.float32).T < keep2",
        "mask2 = (rng.random(h2.shape, np.float32) < 0.5) / np.float64(0.5)",
        "T, /keep2",
    ),
    Pair("A2 = R2 * D2 / keep2", "d2 = h2 * mask2", "T"),
    Pair("Z3 = W3 @ A2 + b3", "z3 = d2 @ w3.T + b3", "T"),
    Pair(
        "E3 = np.exp(Z3 - Z3.max(axis=0))", "e3 = np.exp(z3 - z3.max(axis=1, keepdims=True))", "T"
    ),
    Pair("A3 = E3 / E3.sum(axis=0)", "a3 = e3 / e3.sum(axis=1, keepdims=True)", "T"),
    Pair("J = -(Y * np.log(A3)).sum() / m", "loss = -np.log(a3[np.arange(len(y)), y]).mean()", ""),
]
BACKWARD = [
    Pair("dZ3 = A3 - Y", "grad_z3 = (a3 - one_hot) / len(y)", "T, /m"),
    Pair("dW3 = dZ3 @ A2.T / m", "grad_w3 = grad_z3.T @ d2", ""),
    Pair("db3 = dZ3.sum(axis=1, keepdims=True) / m", "grad_b3 = grad_z3.sum(axis=0)", "T"),
    Pair("dA2 = W3.T @ dZ3", "grad_d2 = grad_z3 @ w3", "T, /m"),
    Pair("dR2 = dA2 * D2 / keep2", "grad_h2 = grad_d2 * mask2", "T, /m"),
    Pair("dZ2 = dR2 * (Z2 > 0)", "grad_z2 = grad_h2 * (h2 > 0.0)", "T, /m"),
    Pair("dW2 = dZ2 @ A1.T / m", "grad_w2 = grad_z2.T @ d1", ""),
    Pair("db2 = dZ2.sum(axis=1, keepdims=True) / m", "grad_b2 = grad_z2.sum(axis=0)", "T"),
    Pair("dA1 = W2.T @ dZ2", "grad_d1 = grad_z2 @ w2", "T, /m"),
    Pair("dR1 = dA1 * D1 / keep1", "grad_h1 = grad_d1 * mask1", "T, /m"),
    Pair("dZ1 = dR1 * (Z1 > 0)", "grad_z1 = grad_h1 * (h1 > 0.0)", "T, /m"),
    Pair("dW1 = dZ1 @ X.T / m", "grad_w1 = grad_z1.T @ x", ""),
    Pair("db1 = dZ1.sum(axis=1, keepdims=True) / m", "grad_b1 = grad_z1.sum(axis=0)", "T"),
]


def by_hand(pairs: list[Pair], values: dict[str, object]) -> dict[str, object]:
    """Compute the hand's formulas.

    Args:
        pairs: in their order.
        values: what they start with.

    Returns:
        These values and the results.
    """
    found: dict[str, object] = {"np": np, **values}
    for pair in pairs:
        name, formula = pair.hand.split(" = ", 1)
        found[name] = eval(formula, found)
    return found


def as_the_tape(pair: Pair, result: np.ndarray, m: int) -> np.ndarray:
    """The hand's result in the tape's layout."""
    keep = {"/keep1": KEEP[0], "/keep2": KEEP[1], "/m": m}
    for step in filter(None, pair.relation.split(", ")):
        result = result.T if step == "T" else result / keep[step]
    return result


def table(pairs: list[Pair]) -> str:
    """The pairs as a table in Markdown."""
    words = {"T": "transposed", "/m": "over m", "/keep1": "over keep1", "/keep2": "over keep2"}
    lines = ["| by hand | by the tape | the tape's is |", "|---|---|---|"]
    for pair in pairs:
        relation = ", ".join(words[step] for step in pair.relation.split(", ") if step)
        tape = pair.tape.replace("np.float64", "np.float32")
        lines.append(f"| `{pair.hand}` | `{tape}` | {relation or 'the same'} |")
    return "\n".join(lines)
