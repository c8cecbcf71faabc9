"""`torch.utils._pytree`: containers inside containers, taken apart into leaves and put together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tinygrad_mnist.core.errors import check

__all__ = [
    "PyTree",
    "TreeSpec",
    "register_pytree_node",
    "tree_all",
    "tree_any",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_map_",
    "tree_map_only",
    "tree_structure",
    "tree_unflatten",
]

PyTree = Any
Flatten = Callable[[Any], tuple[list[Any], Any]]
Unflatten = Callable[[Sequence[Any], Any], Any]
IsLeaf = Callable[[Any], bool] | None


class _Kind(NamedTuple):
    """How a kind of container is taken apart and put together."""

    flatten: Flatten
    unflatten: Unflatten


def _flatten_mapping(tree: Any) -> tuple[list[Any], Any]:
    return list(tree.values()), list(tree)


def _unflatten_dict(values: Sequence[Any], keys: Any) -> Any:
    return dict(zip(keys, values, strict=True))


def _unflatten_ordered(values: Sequence[Any], keys: Any) -> Any:
    return OrderedDict(zip(keys, values, strict=True))


def _flatten_sequence(tree: Any) -> tuple[list[Any], Any]:
    return list(tree), None


def _flatten_named(tree: Any) -> tuple[list[Any], Any]:
    return list(tree), type(tree)


_NAMED = _Kind(_flatten_named, lambda values, kind: kind(*values))
_KINDS: dict[type, _Kind] = {
    dict: _Kind(_flatten_mapping, _unflatten_dict),
    OrderedDict: _Kind(_flatten_mapping, _unflatten_ordered),
    list: _Kind(_flatten_sequence, lambda values, _: list(values)),
    tuple: _Kind(_flatten_sequence, lambda values, _: tuple(values)),
}


def register_pytree_node(
    cls: type, flatten_fn: Flatten, unflatten_fn: Unflatten, **kwargs: Any
) -> None:
    """Let a class be a container.

    Args:
        cls: the class.
        flatten_fn: gives what an object holds, as a list, and what else makes it up.
        unflatten_fn: makes an object of both again.
        kwargs: accepted without effect.
    """
    _KINDS[cls] = _Kind(flatten_fn, unflatten_fn)


def _kind_of(tree: Any, is_leaf: IsLeaf) -> _Kind | None:
    """How it is taken apart; None for a leaf."""
    if is_leaf is not None and is_leaf(tree):
        return None
    kind = type(tree)
    if issubclass(kind, tuple) and hasattr(kind, "_fields") and kind not in _KINDS:
        return _NAMED
    return _KINDS.get(kind)


class TreeSpec:
    """The form of a tree without its leaves.

    Args:
        kind: how the container is put together; None for a leaf.
        context: what else makes it up, such as a dict's keys.
        children: the forms of what it holds.

    Attributes:
        num_leaves: how many leaves there are in all.
    """

    def __init__(
        self, kind: _Kind | None = None, context: Any = None, children: Sequence[TreeSpec] = ()
    ) -> None:
        self.kind = kind
        self.context = context
        self.children = list(children)
        self.num_leaves: int = 1
        if kind is not None:
            self.num_leaves = sum(each.num_leaves for each in self.children)

    def is_leaf(self) -> bool:
        """Whether it is the form of a leaf."""
        return self.kind is None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TreeSpec) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.num_leaves, len(self.children)))


def tree_flatten(tree: PyTree, is_leaf: IsLeaf = None) -> tuple[list[Any], TreeSpec]:
    """Take a tree apart.

    Args:
        tree: lists, tuples, named tuples and dicts inside one another, or a leaf.
        is_leaf: says of a container whether it is to count as a leaf.

    Returns:
        The leaves from left to right, and the tree's form.

    Example:
        >>> from tinygrad_mnist.utils._pytree import tree_flatten
        >>> tree_flatten({"a": [1, 2], "b": (3,)})[0]
        [1, 2, 3]
    """
    kind = _kind_of(tree, is_leaf)
    if kind is None:
        return [tree], TreeSpec()
    held, context = kind.flatten(tree)
    leaves = []
    children = []
    for each in held:
        found, spec = tree_flatten(each, is_leaf)
        leaves += found
        children.append(spec)
    return leaves, TreeSpec(kind, context, children)


def tree_unflatten(leaves: Sequence[Any], treespec: TreeSpec) -> PyTree:
    """Put a tree together.

    Args:
        leaves: from left to right.
        treespec: the form.

    Returns:
        The tree.

    Raises:
        ValueError: if there are more leaves than the form has, or fewer.
    """
    leaves = list(leaves)
    message = "tree_unflatten: wanted {} leaves, got {}"
    fits = len(leaves) == treespec.num_leaves
    check(fits, message, treespec.num_leaves, len(leaves), error=ValueError)
    if treespec.kind is None:
        return leaves[0]
    parts = []
    start = 0
    for child in treespec.children:
        end = start + child.num_leaves
        parts.append(tree_unflatten(leaves[start:end], child))
        start = end
    return treespec.kind.unflatten(parts, treespec.context)


def tree_leaves(tree: PyTree, is_leaf: IsLeaf = None) -> list[Any]:
    """The leaves of a tree, from left to right.

    Args:
        tree: as for `tree_flatten`.
        is_leaf: as there.

    Returns:
        The leaves.
    """
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: PyTree, is_leaf: IsLeaf = None) -> TreeSpec:
    """The form of a tree.

    Args:
        tree: as for `tree_flatten`.
        is_leaf: as there.

    Returns:
        The form.
    """
    return tree_flatten(tree, is_leaf)[1]


def tree_map(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None
) -> PyTree:
    """A tree of what a function makes of the leaves.

    Args:
        func: called with a leaf, and with those of the other trees at its place.
        tree: as for `tree_flatten`.
        rests: trees of the same form.
        is_leaf: as there.

    Returns:
        A tree of the same form.
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(each, is_leaf) for each in rests]
    made = [func(*each) for each in zip(leaves, *others, strict=True)]
    return tree_unflatten(made, spec)


def tree_map_(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None
) -> PyTree:
    """Call a function with each leaf, for what it does.

    Args:
        func: as for `tree_map`.
        tree: as there.
        rests: as there.
        is_leaf: as there.

    Returns:
        The tree that was given.
    """
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(
    type_or_types: Any, func: Callable[[Any], Any], tree: PyTree, is_leaf: IsLeaf = None
) -> PyTree:
    """A tree of what a function makes of the leaves of some classes; others stay.

    Args:
        type_or_types: a class, a tuple of them, or a function that says of a leaf whether.
        func: called with a leaf.
        tree: as for `tree_flatten`.
        is_leaf: as there.

    Returns:
        A tree of the same form.
    """

    def changed(leaf: Any) -> Any:
        if isinstance(type_or_types, type | tuple):
            wanted = isinstance(leaf, type_or_types)
        else:
            wanted = type_or_types(leaf)
        return func(leaf) if wanted else leaf

    return tree_map(changed, tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether something holds for every leaf.

    Args:
        pred: says of a leaf whether it holds.
        tree: as for `tree_flatten`.
        is_leaf: as there.
    """
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether something holds for a leaf.

    Args:
        pred: says of a leaf whether it holds.
        tree: as for `tree_flatten`.
        is_leaf: as there.
    """
    return any(map(pred, tree_leaves(tree, is_leaf)))
