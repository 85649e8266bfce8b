"""What every page is made of: templates that escape what they are given, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from engager.terms.language import say
from engager.writers.bindings import link
from engager.writers.files import file_name


@cache
def templates() -> Environment:
    """Return the templates of this package; whatever they are given is escaped, whatever they lack is an error."""
    environment = Environment(
        loader=PackageLoader("engager.writers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(link=link, file_name=file_name, say=say)
    return environment


@cache
def part(name: str) -> str:
    """Return the text of a file of `templates`: a style sheet or a script."""
    return files("engager.writers").joinpath("templates", name).read_text(encoding="utf-8")


def style_of(names: Sequence[str]) -> str:
    """Return style sheets of `templates` as one."""
    return "".join(map(part, names))


def script_of(names: Sequence[str]) -> str:
    """Return scripts of `templates` as one that leaves no name behind; what one declares, the others know."""
    return '"use strict";\n(() => {\n' + "\n".join(map(part, names)) + "})();\n"


def embedded(data: Mapping[str, Any]) -> Markup:
    """Return data as JSON that can stand inside a script element.

    Every `<` is written as an escape: `</script>` or `<!--` in a text of the data must not end the element.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - escaped for a script element


def content_policy(style: str, script: str) -> str:
    """Return the content security policy: nothing from anywhere, and of what is in the page only these two parts."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
