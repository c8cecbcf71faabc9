"""What the theme leaves out for readers with a keyboard or a screen reader, put into the pages."""

from pathlib import Path

CHANGES = [
    ('<div id="search-results">', '<h1>Search</h1>\n<div id="search-results">'),
    ('role="heading"><span', 'role="heading" aria-level="2"><span'),
    ('<aside class="sidebar-drawer"', '<aside class="sidebar-drawer" aria-label="All pages"'),
    ('<aside class="toc-drawer', '<aside aria-label="This page" class="toc-drawer'),
    ('<div class="math">', '<div class="math" tabindex="0">'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
    ("<pre>", '<pre tabindex="0">'),  # it scrolls from side to side
]


def change(app, failure):
    if failure or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text("utf-8")
        changed = text
        for before, after in CHANGES:
            if after not in changed:
                changed = changed.replace(before, after)
        if changed != text:
            page.write_text(changed, "utf-8")


def setup(app):
    app.connect("build-finished", change)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
