"""The table of mistakes: each gets its error, and the documentation's page is fresh."""

import pytest

from tests.mistakes import MISTAKES, PATH, outcome, page


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row.snippet)
def test_a_mistake_gets_its_message(row):
    assert outcome(row.snippet) == (row.error, row.message)


def test_there_are_many_and_none_twice():
    snippets = [row.snippet for row in MISTAKES]
    assert len(set(snippets)) == len(snippets) >= 100


def test_the_page_is_fresh():
    """`python -m tests.mistakes` writes it anew."""
    assert PATH.read_text(encoding="utf-8") == page()
