"""A row of the table of operations, and the ways to draw an operation's inputs.

To cover a new operation, add a row to `table.py`, or to the list `ROWS` of another module named
`table_*.py` beside it. A row names the operation, a NumPy (or SciPy) function of the same arguments, and a way
to draw them:

    Row(reduction.sum, lambda x, dim, keepdim: np.sum(x, dim, keepdims=keepdim), along(dims="many", keepdim=BOOL))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tinygrad_mnist.core.tensor import wrap

Array = np.ndarray
Domain = Callable[[np.random.Generator, tuple[int, ...]], Array]


@dataclass
class Sample:
    """One call's arguments: float64, integer or bool arrays, and what follows them."""

    arrays: list[Array]
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    layouts: list[str] = field(default_factory=list)

    def laid_out(self, dtype: Any) -> list[Array]:
        """The arrays with floats of a dtype, each in its own memory layout."""
        pairs = zip(self.arrays, self.layouts, strict=True)
        return [
            lay_out(a.astype(dtype) if a.dtype.kind == "f" else a, layout) for a, layout in pairs
        ]


@dataclass(frozen=True)
class Row:
    """An operation and what its tests need to know.

    Attributes:
        operation: the function under test.
        reference: another implementation, of the same arguments as arrays.
        samples: a strategy for `Sample`.
        order: how many derivatives it has: 2, 1, or 0 for an operation without gradient.
        call: how to call it, `call(operation, *tensors, *args, **options)`.
        listed: whether it takes its tensors as one list.
        ties: whether equal elements, or elements at a kink, give a result that is defined.
        constant: places of float arguments that get no gradient.
        torch: PyTorch's function, where not `torch.<name>`, `torch.nn.functional.<name>` or the method; None for none.
        note: tells rows of one operation apart.
    """

    operation: Callable[..., Any]
    reference: Callable[..., Any]
    samples: st.SearchStrategy[Sample]
    order: int = 2
    call: Callable[..., Any] | None = None
    listed: bool = False
    ties: bool = True
    constant: tuple[int, ...] = ()
    torch: str | None = ""
    note: str = ""

    def __str__(self) -> str:
        return self.operation.__name__ + (f"-{self.note}" if self.note else "")

    def apply(self, operation: Callable[..., Any], tensors: list[Any], sample: Sample) -> Any:
        if self.call:
            return self.call(operation, *tensors, *sample.args, **sample.options)
        head = [tensors] if self.listed else tensors
        return operation(*head, *sample.args, **sample.options)

    def __call__(
        self, arrays: list[Array], sample: Sample, tracked: set[int] | None = None
    ) -> tuple[list[Any], Any]:
        """Tensors over the arrays, those at the places `tracked` requiring gradients, and the results."""
        xs = [wrap(a) for a in arrays]
        for place in tracked or ():
            xs[place].requires_grad = True
        return xs, leaves(self.apply(self.operation, xs, sample))

    def places(self, sample: Sample) -> list[int]:
        """The places of the arguments that get gradients."""
        return [
            i for i, a in enumerate(sample.arrays) if a.dtype.kind == "f" and i not in self.constant
        ]


def leaves(out: Any) -> list[Any]:
    """The tensors (or numbers) in a result, which may be nested tuples."""
    return (
        [each for part in out for each in leaves(part)] if isinstance(out, tuple | list) else [out]
    )


# values: functions of a random generator and a shape ----------------------------------------


def within(low: float, high: float) -> Domain:
    return lambda rng, shape: rng.uniform(low, high, shape)


def outside(gap: float, top: float = 2.0) -> Domain:
    """Of either sign, away from 0."""
    return lambda rng, shape: rng.uniform(gap, top, shape) * rng.choice([-1.0, 1.0], shape)


def between_integers(top: int = 3) -> Domain:
    """Away from integers and from the halves between them."""
    return lambda rng, shape: (
        rng.integers(-top, top, shape) + rng.uniform(0.1, 0.4, shape) + rng.choice([0, 0.5], shape)
    )


def distinct(shift: float = 0.0) -> Domain:
    """No two elements close; nor to those of `distinct(0.2)`."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        count = int(np.prod(shape))
        return (
            0.4 * (rng.permutation(count) - count // 2).reshape(shape)
            + rng.uniform(0.02, 0.15, shape)
            + shift
        )

    return draw


def integers(low: int, high: int) -> Domain:
    return lambda rng, shape: rng.integers(low, high, shape)


def bools(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.random(shape) < 0.5


REAL = within(-2.0, 2.0)
BOOL = st.booleans()
SEED = st.integers(0, 2**32 - 1)
LAYOUTS = ("c", "f", "reversed", "strided")


def lay_out(array: Array, layout: str) -> Array:
    """The same array with its elements in another order in memory."""
    if layout == "f":
        return np.array(array, order="F")
    if layout == "reversed" and array.ndim:
        turned = (slice(None, None, -1),) * array.ndim
        return np.array(array[turned], order="C")[turned]
    if layout == "strided" and array.ndim:
        wide = np.repeat(array, 2, -1)
        return wide[..., ::2]
    return np.array(array, order="C")


# shapes: Hypothesis' own strategies draw empty and 0-d arrays most of the time ----------------

SIDES = (2, 3, 1, 2, 3, 1, 2, 3, 0)


def sides(low: int, high: int) -> st.SearchStrategy[int]:
    return st.sampled_from([n for n in (*SIDES, *range(4, high + 1)) if low <= n <= high])


def shapes(
    min_dims: int = 0, max_dims: int = 3, min_side: int = 0
) -> st.SearchStrategy[tuple[int, ...]]:
    counts = st.sampled_from([n for n in (2, 1, 3, 0) if min_dims <= n <= max_dims])
    return counts.flatmap(lambda n: st.tuples(*[sides(min_side, 3)] * n))


@st.composite
def broadcastable(draw: Any, count: int) -> list[tuple[int, ...]]:
    """Shapes that broadcast: some with 1 in place of a size, some without the first dimensions."""
    full = draw(shapes())
    parts = []
    for _ in range(count):
        thin = draw(st.tuples(*[st.sampled_from([False, False, True])] * len(full)))
        first = draw(st.sampled_from([0, 0, *range(len(full) + 1)]))
        parts.append(tuple(1 if one else n for n, one in zip(full, thin, strict=True))[first:])
    return parts


# arguments ---------------------------------------------------------------------------------


def _sample(draw: Any, shapes: Any, domains: Any, options: dict[str, Any], *facts: Any) -> Sample:
    """Values for the shapes; options that are strategies, or functions of the facts to strategies, are drawn."""
    rng = np.random.default_rng(draw(SEED))
    arrays = [
        np.asarray(domain(rng, tuple(shape))) for shape, domain in zip(shapes, domains, strict=True)
    ]
    chosen = {}
    for name, value in options.items():
        if callable(value) and not isinstance(value, type):
            value = value(*facts)
        chosen[name] = draw(value) if isinstance(value, st.SearchStrategy) else value
    layouts = [draw(st.sampled_from(LAYOUTS)) for _ in arrays]
    return Sample(arrays, tuple(chosen.pop("args", ())), chosen, layouts)


@st.composite
def single(
    draw: Any,
    domain: Domain = REAL,
    min_dims: int = 0,
    max_dims: int = 3,
    min_side: int = 0,
    **options: Any,
) -> Sample:
    """One array; options may be functions of its shape."""
    shape = draw(shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side))
    return _sample(draw, [shape], [domain], options, shape)


@st.composite
def broadcast(draw: Any, *domains: Domain, **options: Any) -> Sample:
    """Arrays whose shapes broadcast; options may be functions of the common shape."""
    found = draw(broadcastable(len(domains)))
    return _sample(draw, found, domains, options, np.broadcast_shapes(*found))


@st.composite
def alike(
    draw: Any, *domains: Domain, min_dims: int = 0, min_side: int = 0, **options: Any
) -> Sample:
    """Arrays of one shape."""
    shape = draw(shapes(min_dims=min_dims, max_dims=3, min_side=min_side))
    return _sample(draw, [shape] * len(domains), domains, options, shape)


def axis(shape: tuple[int, ...]) -> st.SearchStrategy[int]:
    """A dimension, counted from either end."""
    room = max(len(shape), 1)
    return st.integers(-room, room - 1)


def axes(shape: tuple[int, ...]) -> st.SearchStrategy[Any]:
    """One dimension, several, all or (); None."""
    n = len(shape)
    if not n:
        return st.sampled_from([None, 0, -1, ()])
    pairs = [(i, j - n) for i in range(n) for j in range(n) if i != j]
    return st.sampled_from([*range(-n, n), *pairs, tuple(range(n)), (0,), (), None])


def new_axis(shape: tuple[int, ...]) -> st.SearchStrategy[int]:
    return st.integers(-len(shape) - 1, len(shape))


@st.composite
def along(
    draw: Any,
    *domains: Domain,
    dims: str = "one",
    min_dims: int = 0,
    max_dims: int = 3,
    min_side: int = 0,
    **options: Any,
) -> Sample:
    """Arrays of one shape and a `dim`: "one", "optional" (or None) or "many"; options: functions of shape and dim."""
    shape = draw(shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side))
    dim = draw({"one": axis(shape), "optional": st.none() | axis(shape), "many": axes(shape)}[dims])
    return _sample(
        draw,
        [shape] * len(domains or (0,)),
        domains or (REAL,),
        {"dim": dim, **options},
        shape,
        dim,
    )


@st.composite
def lettered(
    draw: Any, *names: str, domains: Any = None, low: int = 0, high: int = 3, **options: Any
) -> Sample:
    """Arrays whose dimensions are named, "nk km": a letter is one size throughout, a digit is itself."""
    letters = sorted({c for name in names for c in name})
    sizes = {c: int(c) if c.isdigit() else draw(sides(low, high)) for c in letters}
    shapes = [tuple(sizes[c] for c in name) for name in names]
    return _sample(
        draw, shapes, domains or [REAL] * len(names), options, *([sizes] if options else [])
    )


@st.composite
def one_of_lettered(draw: Any, *choices: tuple[str, ...], **options: Any) -> Sample:
    """`lettered`, with one of several sets of shapes."""
    return draw(lettered(*draw(st.sampled_from(choices)), **options))


@st.composite
def indexed(draw: Any, *extra: Domain, unique: bool = False, domain: Domain = REAL) -> Sample:
    """An array, `dim`, an index array along it for `gather` or `scatter`, and further arrays of the index's shape."""
    shape = draw(shapes(min_dims=1, max_dims=3, min_side=1))
    dim = draw(axis(shape))
    d = dim % len(shape)
    count = [draw(st.integers(1, n)) for n in shape]
    if not unique:
        count[d] = draw(st.integers(0, 4))
    rng = np.random.default_rng(draw(SEED))
    index = rng.integers(0, shape[d], count)
    if unique:
        keys = rng.random([*count[:d], shape[d], *count[d + 1 :]])
        index = np.argsort(keys, d).take(range(count[d]), d)
    arrays = [domain(rng, shape), index, *(each(rng, tuple(count)) for each in extra)]
    return Sample(arrays, (dim,), {}, [draw(st.sampled_from(LAYOUTS)) for _ in arrays])
