"""Rule packs with every kind of mistake: file, line, key and what was expected."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from cdi.errors import RuleError
from cdi.rules.loader import Strict, did_you_mean, read_document, validate


class Inner(Strict):
    above: float | None = None


class Outer(Strict):
    id: str
    inner: dict[str, Inner] = Field(default_factory=dict)


def read(text: str) -> Outer:
    return validate(Outer, read_document(Path("x.yaml"), text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: a\nid: b\n", "x.yaml:2: id: the key `id` stands here a second time"),
        ("- a\n", "x.yaml:1: expected a mapping of keys to values"),
        ("", "x.yaml:1: expected a mapping of keys to values"),
        ("id: [\n", "not valid YAML"),
        ("id: a\n\tb: c\n", "not valid YAML"),
        ("inner: {}\n", "the key `id` is required"),
        ("id: a\nidd: b\n", "x.yaml:2: idd: unknown key `idd`; did you mean `id`?"),
        (
            "id: a\ninner:\n  x: {abov: 3}\n",
            "x.yaml:3: inner.x.abov: unknown key `abov`; did you mean `above`?",
        ),
        ("id: a\ninner:\n  x:\n    above: high\n", "x.yaml:4: inner.x.above: input should be"),
        ("id: a\x00b\n", "not valid YAML"),
        ("id: &a [*a]\n", "x.yaml:1: nested too deeply"),
        ("id: 2026-99-99\n", "x.yaml:1: month must be in 1..12"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(text: str, message: str) -> None:
    with pytest.raises(RuleError) as error:
        read(text)
    assert message in str(error.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("id: caf\xe9".encode("latin-1"))
    with pytest.raises(RuleError, match="not UTF-8 text"):
        read_document(path)


def test_the_closest_name_is_offered() -> None:
    assert did_you_mean("creatinin", ["creatinine", "sodium"]) == "; did you mean `creatinine`?"
    assert did_you_mean("zzz", ["a", "b"]) == "; expected one of `a`, `b`"
    assert did_you_mean("zzz", []) == ""


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(RuleError):
        read(text)
