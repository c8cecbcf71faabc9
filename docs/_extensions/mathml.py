"""Formulas as MathML, which browsers draw themselves: no script, no font, no network.

MathJax would be fetched from elsewhere or shipped in megabytes, and KaTeX needs Node.js to be
rendered in advance; latex2mathml is plain Python.
"""

from latex2mathml.converter import convert


def visit_inline(self, node):
    self.body.append(convert(node.astext()))
    raise_skip()


def visit_block(self, node):
    self.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>\n')
    raise_skip()


def raise_skip():
    from docutils.nodes import SkipNode

    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
