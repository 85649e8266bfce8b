"""What every page is made of: templates that escape what they are given, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

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


def content_policy(style: str, script: str) -> str:
    """Return the content security policy: nothing from anywhere, and of what is in the page only these two parts."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
