"""python run.py LIBRARY: every program beside this file with `torch` being LIBRARY; what each printed, as JSON."""

import contextlib
import importlib
import io
import json
import pathlib
import pkgutil
import runpy
import sys
import tempfile
import traceback


def alias(name: str) -> None:
    """Make `import torch`, and any path below it, find the library."""
    library = importlib.import_module(name)
    for module in pkgutil.walk_packages(library.__path__, f"{name}."):
        if not module.name.startswith((f"{name}.mnist", f"{name}.__main__")):
            importlib.import_module(module.name)
    for path in [path for path in sys.modules if f"{path}.".startswith(f"{name}.")]:
        sys.modules["torch" + path.removeprefix(name)] = sys.modules[path]


if __name__ == "__main__":
    if sys.argv[1] != "torch":
        alias(sys.argv[1])
    found = {}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
            if path.name == "run.py":
                continue
            with contextlib.redirect_stdout(io.StringIO()) as out:
                try:
                    runpy.run_path(str(path), run_name="__main__")
                except Exception:
                    print(traceback.format_exc())
            found[path.stem] = out.getvalue()
    print(json.dumps(found))
