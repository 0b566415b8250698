"""Reading YAML rule packs with errors that point at file, line and key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from cdi.errors import RuleError

_DEEPEST = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumpable = TypeVar("_Dumpable", bound=BaseModel)


class Strict(BaseModel):
    """Base of all pack schemas: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document:
    """A parsed YAML file that remembers on which line each key stands.

    Attributes:
        path: the file.
        data: its content as plain dicts, lists and scalars.
    """

    def __init__(self, path: Path, data: Any, lines: Mapping[tuple[str, ...], int]) -> None:
        self.path, self.data, self._lines = path, data, lines

    def line(self, key: Iterable[str | int]) -> int | None:
        """Return the line of a key path, or of its nearest parent that exists."""
        parts = tuple(str(part) for part in key)
        while parts:
            if parts in self._lines:
                return self._lines[parts]
            parts = parts[:-1]
        return 1

    def error(self, message: str, key: Iterable[str | int] = ()) -> RuleError:
        """Return a :class:`RuleError` that points at ``key``."""
        parts = tuple(key)
        return RuleError(
            message, path=self.path, line=self.line(parts), key=".".join(map(str, parts)) or None
        )


def read_document(path: Path, text: str | None = None) -> Document:
    """Parse one YAML file.

    Args:
        path: the file; used for messages only when ``text`` is given.
        text: the content, if it is not to be read from ``path``.

    Raises:
        RuleError: the file is no UTF-8, no YAML, holds a key twice, or is no mapping.
    """
    if text is None:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise RuleError("not UTF-8 text", path=path) from error
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[tuple[str, ...], int] = {}
            data = _plain(node, loader, lines, (), path) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise RuleError(f"not valid YAML: {error.problem}", path=path, line=line) from error
    except yaml.YAMLError as error:  # control characters and the like
        raise RuleError(f"not valid YAML: {error}", path=path) from error
    if not isinstance(data, dict):
        raise RuleError("expected a mapping of keys to values", path=path, line=1)
    return Document(path, data, lines)


def _plain(
    node: yaml.Node,
    loader: Any,
    lines: dict[tuple[str, ...], int],
    at: tuple[str, ...],
    path: Path,
) -> Any:
    if len(at) > _DEEPEST:  # an anchor that holds itself never ends
        raise RuleError("nested too deeply", path=path, line=node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            where = (*at, key)
            line = key_node.start_mark.line + 1
            if key in result:
                raise RuleError(
                    f"the key `{key}` stands here a second time",
                    path=path,
                    line=line,
                    key=".".join(where),
                )
            lines[where] = line
            result[key] = _plain(value_node, loader, lines, where, path)
        return result
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            where = (*at, str(index))
            lines[where] = item.start_mark.line + 1
            items.append(_plain(item, loader, lines, where, path))
        return items
    try:
        return loader.construct_object(node)
    except ValueError as error:  # "2026-99-99" looks like a date and is none
        raise RuleError(str(error), path=path, line=node.start_mark.line + 1) from error


def validate(schema: type[_Dumpable], document: Document) -> _Dumpable:
    """Return the document as an instance of ``schema``.

    Raises:
        RuleError: the first mistake, with line, key and, for a misspelt key, the likely one.
    """
    try:
        return schema.model_validate(document.data)
    except ValidationError as error:
        raise explain(error, schema, document) from error


def explain(error: ValidationError, schema: type[BaseModel], document: Document) -> RuleError:
    """Turn the first mistake pydantic found into an error a rule author can act on."""
    first = error.errors()[0]
    key = [part for part in first["loc"] if not str(part).startswith("function-")]
    if first["type"] == "extra_forbidden":
        name = str(key[-1])
        known = _siblings(schema, key[:-1])
        return document.error(f"unknown key `{name}`{did_you_mean(name, known)}", key)
    if first["type"] == "missing":
        return document.error(f"the key `{key[-1]}` is required", key)
    message = str(first["msg"]).removeprefix("Value error, ")
    return document.error(message[:1].lower() + message[1:], key)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean `x`?" with the closest known name, or the list of a few, or ""."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    if 0 < len(names) <= 12:
        return "; expected one of " + ", ".join(f"`{n}`" for n in names)
    return ""


def _siblings(schema: type[BaseModel], path: list[Any]) -> list[str]:
    """Return the keys allowed where a path of an error ends, as far as the schema tells."""
    model: Any = schema
    for part in path:
        field = getattr(model, "model_fields", {}).get(str(part))
        annotation = field.annotation if field is not None else model
        model = _model_within(annotation) or model
    fields = getattr(model, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_within(argument)
        if found is not None:
            return found
    return None
