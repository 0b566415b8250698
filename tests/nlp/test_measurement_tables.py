"""Tables by columns: every column is read, in the order of time."""

from __future__ import annotations

from functools import lru_cache

import pytest

from cdi.domain.reading import Measurement, Sentence, Timing
from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.measurements import MeasurementReader
from cdi.resources import models
from cdi.rules.measurements import load_analytes

TABLES = [
    ("      3/2   3/3   3/5\nNa    136   137   131\n", ["136", "137", "131"]),
    ("      HD1   HD2\nNa    136   137\n", ["136", "137"]),
    ("Date  4/6   4/5   4/4\nNa    128   131   136\n", ["136", "131", "128"]),
    ("      12/30   1/2\nNa    136     128\n", ["136", "128"]),
    ("      pre-op   POD0   POD1\nNa    140      133    131\n", ["140 prior", "133", "131"]),
    ("      adm   HD2   HD3 0400   HD3 1200\nNa    140   133   131        130\n",
     ["140", "133", "131", "130"]),
    ("      baseline   3/2\nNa    140        133\n", ["140 baseline", "133"]),
    ("      1/4    5/2    5/3\nNa    140    133    131\n", ["140 prior", "133", "131"]),
    ("|  | 3/2 | 3/3 | 3/4 |\n|--|--|--|--|\n| Na | 136 | -- | 130 |\n", ["136", "130"]),
    ("Lab\t3/2 0600\t3/2 1800\nNa\t136\t130\n", ["136", "130"]),
    ("Lab 03/01/24 0500 03/02/24 0510\nNa 136* 130\n", ["136", "130"]),
    ("       3/2    3/3    3/4\nNa     136           130\n", ["136", "130"]),
    ("Component   Latest Ref Rng   3/3/24   3/2/24\nSODIUM      135 - 145 mmol/L  130 (L)  136\n",
     ["136", "130"]),
    # Without a head, and where a row does not fit it, the first value alone.
    ("Na    136   137   131\n", ["136"]),
    ("Seen 3/2 in the office.\nNa    136   137\n", ["136"]),
    ("      3/2   3/3\n\nNa    136   137\n", ["136"]),
    ("      3/2   3/3\nNa    136   5\n", ["136"]),
]  # fmt: skip


@lru_cache(maxsize=1)
def reader() -> tuple[MeasurementReader, Gate]:
    made = MeasurementReader(load_analytes(models() / "measurements"))
    return made, Gate(made.patterns())


def read(table: str) -> list[Measurement]:
    made, gate = reader()
    texts = JoinedTexts([table])
    (names,) = made.names.find(texts, *gate.deal(texts))
    return made.read(table, names, (), (Sentence(0, len(table), 0),))


def written(value: Measurement) -> str:
    moment = "" if value.timing is Timing.CURRENT else f" {value.timing.value}"
    return f"{value.value:g}{moment}"


@pytest.mark.parametrize(("table", "values"), TABLES)
def test_a_row_is_read_by_its_head(table: str, values: list[str]) -> None:
    found = [value for value in read(table) if value.analyte == "sodium"]
    assert [written(value) for value in found] == values


def test_joined_names_share_the_cells_of_a_row() -> None:
    table = "          3/2       3/3\nAST/ALT   310/288   98/121\n"
    found = {(value.analyte, value.value) for value in read(table)}
    assert found == {("ast", 310), ("alt", 288), ("ast", 98), ("alt", 121)}


def test_values_point_at_their_cells() -> None:
    table = "Date  4/6   4/5\nNa    128   136\nK     3.1   4.0\n"
    found = read(table)
    assert [table[v.value_start : v.value_end] for v in found] == ["136", "128", "4.0", "3.1"]
