"""`torch.hub`: nothing is downloaded."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["download_url_to_file", "help", "list", "load", "load_state_dict_from_url"]


def load(repo_or_dir: str, model: str | None = None, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse to download a model.

    Args:
        repo_or_dir: where it lies.
        model: its name.
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def list(github: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse to list models.

    Args:
        github: where they lie.
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def help(github: str, model: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse to describe a model.

    Args:
        github: where it lies.
        model: its name.
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def load_state_dict_from_url(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse to download a state dict.

    Args:
        url: where it lies.
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def download_url_to_file(url: str, dst: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse to download a file.

    Args:
        url: where it lies.
        dst: where it would be written.
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise RuntimeError("hub: nothing is downloaded; load() reads a file that you have")
