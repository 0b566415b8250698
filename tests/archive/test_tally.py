from __future__ import annotations

from pathlib import Path

import pytest
from archive.notes import write_store

from cdi.archive.columns import Columns
from cdi.archive.page import bars, render_page
from cdi.archive.pool import scan_store
from cdi.archive.tally import Line, tally
from cdi.errors import InputError


def test_findings_are_counted_by_group_with_rates(tmp_path: Path) -> None:
    write_store(tmp_path / "in", files=1, rows=12)
    columns = Columns(service="service", author="author", time="written")
    scan_store(str(tmp_path / "in"), tmp_path / "out", columns)
    counts = tally(tmp_path / "out")
    assert (counts.notes, counts.findings, counts.rejected) == (12, 4, 0)
    assert counts.groups["condition"] == (Line("heart_failure", 4, 12),)
    assert sorted(counts.groups["service"]) == [Line("medicine", 2, 6), Line("surgery", 2, 6)]
    assert counts.groups["month"] == (Line("2024-01", 4, 4),)
    assert counts.groups["month"][0].rate == 100.0


def test_a_group_the_store_has_no_column_for_is_left_out(tmp_path: Path) -> None:
    write_store(tmp_path / "in", files=1, rows=3)
    scan_store(str(tmp_path / "in"), tmp_path / "out", Columns())
    assert set(tally(tmp_path / "out").groups) == {"condition"}


def test_the_page_has_a_chart_and_its_figures_and_escapes_names() -> None:
    from cdi.archive.tally import Tally

    lines = (Line("<b>icu</b>", 30, 100), Line("ward", 10, 100))
    page = render_page(Tally(200, 40, 0, "2024-05-01T00:00:00+00:00", {"service": lines}))
    assert page.count("<rect") == 2
    assert "&lt;b&gt;icu" in page
    assert "<b>icu" not in page
    assert "30.00" in page
    assert [bar.width for bar in bars(lines)] == [360.0, 120.0]


def test_counts_are_drawn_where_a_rate_is_unknown() -> None:
    assert [bar.text for bar in bars((Line("a", 1200, 0), Line("b", 3, 9)))] == ["1,200", "3"]


def test_a_folder_without_a_scan_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished scan here"):
        tally(tmp_path)
