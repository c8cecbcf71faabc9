"""What `import *` takes from a file."""

from typing import Any


def export(names: dict[str, Any]) -> None:
    """Let it take what the file defines and does not call private, and nothing that the file imports."""
    own = (name for name, each in names.items() if getattr(each, "__module__", "") == names["__name__"])
    names["__all__"] = [name for name in own if not name.startswith("_")]
