"""The documentation as a site: `make docs`. Nothing is fetched while it is built or read."""

import os
import re
import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

from _extensions import reference_pages  # noqa: E402

from tinygrad_mnist.torch_shims.version import VERSION  # noqa: E402

FORGE = "https://github.com/tinygrad-mnist/tinygrad-mnist/blob/main"

project = "tinygrad_mnist"
author = "tinygrad_mnist contributors"
release = version = VERSION
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "_extensions.accessible",
    "_extensions.mathml",
    "_extensions.plain_docstrings",
]
exclude_patterns = ["_build", "README.md"]
default_role = "code"  # `x` in docstrings

html_theme = "furo"
html_title = "tinygrad_mnist"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [  # what a reader can move
    ("figures-data.js", {"defer": "defer"}),
    ("figures.js", {"defer": "defer"}),
]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
templates_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # pages that are read on the forge too begin as they like

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Shape", "notes_style"), ("Keyword Args", "params_style")]
python_display_short_literal_types = True

os.environ.setdefault("COLUMNS", "100")


def to_the_forge(app, name, source):
    """Links from a page to files of the repository outside of docs/ go to the forge."""
    up = re.escape("../" * (name.count("/") + 1))
    outside = re.compile(rf"\]\({up}((?!docs/)[^)#:]+)(#[^)]*)?\)")
    source[0] = outside.sub(lambda m: f"]({FORGE}/{m[1]}{m[2] or ''})", source[0])


def setup(app):
    reference_pages.write(DOCS / "reference")
    app.connect("source-read", to_the_forge)
