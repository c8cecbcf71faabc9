"""Docstrings are plain text: what reStructuredText would take for markup is what it looks like."""

import re

PARAMETER = re.compile(r"(\s+\**\w+: )(.*)")
MARKUP = re.compile(r"[*|]|_(?!\w)")


def literal(text):
    """Text outside of backticks, with its stars, bars and last underscores as they stand.

    A letter may follow a backtick, as in a plural.
    """
    parts = text.split("`")
    parts[::2] = [MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
    parts[2::2] = ["\\ " + part if part[:1].isalnum() else part for part in parts[2::2]]
    return "`".join(parts)


def escape(app, what, name, obj, options, lines):
    in_example = False
    for i, line in enumerate(lines):
        if line.strip() in ("Example:", "Examples:"):
            in_example = True
        elif line and not line[0].isspace():
            in_example = False
        if in_example:
            continue
        parameter = PARAMETER.fullmatch(line)
        lines[i] = parameter[1] + literal(parameter[2]) if parameter else literal(line)


def setup(app):
    app.connect("autodoc-process-docstring", escape, priority=400)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
