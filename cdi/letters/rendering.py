"""Jinja for letters: strict, and escaping everything in HTML."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from cdi import resources
from cdi.domain.finding import QueryType
from cdi.errors import LetterError
from cdi.letters.context import LetterContext

TEXT, HTML = "txt", "html"


def render_letter(context: LetterContext, kind: str, letterhead: Path | None = None) -> str:
    """Render a whole letter as :data:`TEXT` or :data:`HTML`.

    Args:
        context: what the templates may use.
        kind: the form.
        letterhead: a facility's own templates, which stand before those of the release.

    Raises:
        LetterError: the template is wrong or uses a name it is not given.
    """
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return _render(f"letter.{kind}.j2", values, letterhead)


def render_lead(query_type: QueryType, letterhead: Path | None = None) -> str:
    """Return the sentence that introduces the facts of a question of this type.

    Raises:
        LetterError: there is no such template or it is wrong.
    """
    return _render(f"lead/{query_type}.txt.j2", {}, letterhead).strip()


@lru_cache(maxsize=64)
def environment(*folders: Path) -> Environment:
    """Return the template environment of some folders; the first that has a template counts."""
    return Environment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=_is_html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _is_html(name: str | None) -> bool:
    """Escape everything but plain text, so that a template of unforeseen name is safe."""
    return name is None or not name.endswith(".txt.j2")


def _render(name: str, values: dict[str, object], letterhead: Path | None = None) -> str:
    folders = (letterhead,) if letterhead is not None else ()
    try:
        templates = environment(*folders, resources.query_templates())
        return templates.get_template(name).render(values)
    except TemplateError as error:
        # The message of a template error names template variables, never their values.
        raise LetterError(f"template {name}: {error}") from error
