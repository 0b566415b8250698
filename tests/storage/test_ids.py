"""Ids sort in the order in which they were made, whatever the clock does."""

from __future__ import annotations

import time

import pytest

from cdi.storage.tables.base import new_id


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert {len(identifier) for identifier in made} == {32}


def test_ids_go_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000)
    assert first < new_id() < new_id()
