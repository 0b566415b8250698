"""Telling whether a column holds one of many ids, by one parameter however many they are.

``IN`` with a parameter for each id is another statement for each number of ids: it takes
milliseconds to write and is never prepared.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, Dialect, String, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Texts(TypeDecorator[list[str]]):
    """Several texts as one parameter: an array, or JSON where there is none."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that a database takes."""
        wanted = ARRAY(String()) if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(wanted)

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        """Return the texts as a database takes them."""
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Self:  # noqa: ARG002  (as SQLAlchemy asks)
        """Return the condition as it is: compared with a truth value, no index would serve it."""
        return self


@compiles(_Among)
def _among_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(_Among, "postgresql")
def _among_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({texts})"


def among(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], texts: Collection[str]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some texts; false where there are none."""
    return _Among(column, bindparam(None, list(texts), _Texts()))
