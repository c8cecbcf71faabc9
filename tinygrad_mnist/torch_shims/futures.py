"""`torch.futures`: results that come later; here they are set by who has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from tinygrad_mnist.core.errors import check

__all__ = ["Future", "collect_all", "wait_all"]


T = TypeVar("T")


class Future(Generic[T]):
    """A value that may not be there yet.

    Args:
        devices: accepted without effect.
    """

    def __init__(self, *, devices: Any = None) -> None:
        self._done = False
        self._value: Any = None
        self._callbacks: list[Callable[[Any], Any]] = []

    def done(self) -> bool:
        """Whether the value, or an error, is there."""
        return self._done

    def set_result(self, result: Any) -> None:
        """Set the value.

        Args:
            result: the value.

        Raises:
            RuntimeError: if there is one.
        """
        check(not self._done, "Future: the result is set already")
        self._value = result
        self._done = True
        for callback in self._callbacks:
            callback(self)

    def set_exception(self, result: Exception) -> None:
        """Set an error, which `wait` raises.

        Args:
            result: the error.
        """
        self.set_result(_Failure(result))

    def value(self) -> Any:
        """The value, or the error raised.

        Raises:
            RuntimeError: if neither is there: nothing runs here that could bring it.
        """
        check(self._done, "Future: the result is not there, and nothing runs that would set it")
        if isinstance(self._value, _Failure):
            raise self._value.error
        return self._value

    wait = value

    def add_done_callback(self, callback: Callable[[Any], Any]) -> None:
        """Call a function with this Future when its value is there.

        Args:
            callback: the function.
        """
        if self._done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def then(self, callback: Callable[[Any], Any]) -> Future[Any]:
        """What a function makes of this Future when its value is there.

        Args:
            callback: the function.

        Returns:
            A Future of the function's result.
        """
        following: Future[Any] = Future()

        def follow(past: Any) -> None:
            try:
                following.set_result(callback(past))
            except Exception as error:
                following.set_exception(error)

        self.add_done_callback(follow)
        return following


class _Failure:
    """An error in the place of a value."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def collect_all(futures: Sequence[Future[Any]]) -> Future[Any]:
    """One Future of several.

    Args:
        futures: the Futures.

    Returns:
        A Future of their list, there when all their values are.
    """
    collected: Future[Any] = Future()

    def look(past: Any = None) -> None:
        if not collected.done() and all(each.done() for each in futures):
            collected.set_result(list(futures))

    look()
    for each in futures:
        each.add_done_callback(look)
    return collected


def wait_all(futures: Sequence[Future[Any]]) -> list[Any]:
    """The values of several Futures.

    Args:
        futures: the Futures.

    Returns:
        The values.
    """
    return [each.wait() for each in futures]
