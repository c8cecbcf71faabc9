"""The listings of docs/compile.md and docs/derivation.md are what the passes make today."""

import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from tests.compiler import show_passes


@pytest.mark.parametrize("page", show_passes.PAGES, ids=lambda page: page.name)
def test_a_page_is_up_to_date(page):
    wanted = show_passes.filled(page)
    message = f"{page.name} is stale: python -m tests.compiler.show_passes"
    assert page.read_text(encoding="utf-8") == wanted, message
