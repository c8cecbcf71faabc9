"""Modes of a thread: whether it records, and who is watching."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast, overload

from tinygrad_mnist.core.state import Step, state

F = TypeVar("F", bound=Callable[..., Any])


class _GradMode:
    """A context manager and decorator that sets the recording mode of its thread."""

    recording = False
    inference = False

    def __init__(self) -> None:
        self.before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self.before.append((state.recording, state.inference))
        state.set_recording(self.recording)
        state.inference = self.inference

    def __exit__(self, *error: object) -> None:
        recording, state.inference = self.before.pop()
        state.set_recording(recording)

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return cast(F, self._around_generator(function))

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return cast(F, wrapped)

    def _again(self) -> _GradMode:
        """The same mode, as a with-block of its own."""
        context = _GradMode()
        context.recording = self.recording
        context.inference = self.inference
        return context

    def _around_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A generator function whose own lines run in the mode, and its caller's do not."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            step = functools.partial(generator.send, None)
            while True:
                try:
                    with self._again():
                        value = step()
                except StopIteration as end:
                    return end.value
                try:
                    step = functools.partial(generator.send, (yield value))
                except GeneratorExit:
                    with self._again():
                        generator.close()
                    raise
                except BaseException as error:
                    step = functools.partial(generator.throw, error)

        return wrapped


class no_grad(_GradMode):
    """Operations inside are not recorded. With-block or decorator, with or without ().

    Args:
        orig_func: the function that is decorated without ().

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> with torch.no_grad():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    @overload
    def __new__(cls) -> no_grad: ...
    @overload
    def __new__(cls, orig_func: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, orig_func: Any = None) -> Any:
        return object.__new__(cls) if orig_func is None else cls()(orig_func)


class enable_grad(_GradMode):
    """Operations inside are recorded again, within a `no_grad`. With-block or decorator, with or
    without ().

    Args:
        orig_func: the function that is decorated without ().

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> with torch.no_grad(), torch.enable_grad():
        ...     y = x * 2
        >>> y.requires_grad
        True
    """

    recording = True

    @overload
    def __new__(cls) -> enable_grad: ...
    @overload
    def __new__(cls, orig_func: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, orig_func: Any = None) -> Any:
        return object.__new__(cls) if orig_func is None else cls()(orig_func)


class inference_mode(_GradMode):
    """`no_grad` by another name. With-block or decorator, with or without ().

    Args:
        mode: False records instead.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> with torch.inference_mode():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    @overload
    def __new__(cls, mode: bool = True) -> inference_mode: ...
    @overload
    def __new__(cls, mode: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, mode: Any = True) -> Any:
        return cls()(mode) if callable(mode) else object.__new__(cls)

    def __init__(self, mode: Any = True) -> None:
        super().__init__()
        self.recording = not mode
        self.inference = bool(mode)


class set_grad_enabled(_GradMode):
    """Switch recording on or off at once; as a with-block, until its end.

    Args:
        mode: whether operations are recorded.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> with torch.set_grad_enabled(False):
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    def __init__(self, mode: bool) -> None:
        self.before = [(state.recording, state.inference)]
        self.recording = bool(mode)
        state.set_recording(self.recording)

    def __enter__(self) -> None:
        state.set_recording(self.recording)

    def __call__(self, function: F) -> F:
        self.__exit__()
        return super().__call__(function)


def is_grad_enabled() -> bool:
    """Whether this thread records.

    Example:
        >>> torch.is_grad_enabled()
        True
    """
    return state.recording


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`."""
    return state.inference


@contextmanager
def trace() -> Iterator[list[Step]]:
    """A with-block that gives the list of everything its thread does with tensors inside it."""
    before = state.tracer
    steps: list[Step] = []
    state.set_tracer(steps)
    try:
        yield steps
    finally:
        state.set_tracer(before)
