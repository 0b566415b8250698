from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cdi.archive.batch import FINDINGS
from cdi.archive.comparison import compare
from cdi.errors import InputError


def _scan(folder: Path, rows: list[tuple[str, str, str, list[str]]], part: str = "a") -> Path:
    """Write findings of (note, condition, type, missing) as a scan would."""
    found = [
        {
            "note": note,
            "encounter": "",
            "condition": condition,
            "type": kind,
            "missing": missing,
            "evidence": [{"note": note, "start": 4, "end": 7}],
        }
        for note, condition, kind, missing in rows
    ]
    (folder / "findings").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(found, FINDINGS), folder / "findings" / f"{part}.parquet")
    (folder / "manifest.json").write_text(json.dumps({"parts": [{"name": part}]}))
    return folder


def test_added_removed_and_changed_findings_are_told_apart(tmp_path: Path) -> None:
    before = _scan(
        tmp_path / "before",
        [
            ("1", "anemia", "specificity", ["type"]),
            ("2", "anemia", "specificity", ["type"]),
            ("3", "sepsis", "specificity", ["source"]),
        ],
    )
    after = _scan(
        tmp_path / "after",
        [
            ("1", "anemia", "specificity", ["type"]),
            ("3", "sepsis", "validation", []),
            ("4", "stroke", "specificity", ["vessel"]),
        ],
    )
    result = compare(before, after)
    assert result.same == {"anemia": 1}
    assert (result.added, result.removed) == ({"stroke": 1}, {"anemia": 1})
    assert result.changed == {"sepsis": 1}
    assert sorted(result.conditions) == ["anemia", "sepsis", "stroke"]
    assert [(s.change, s.condition, s.note, s.type) for s in result.samples] == [
        ("removed", "anemia", "2", "specificity"),
        ("changed", "sepsis", "3", "validation"),
        ("added", "stroke", "4", "specificity"),
    ]
    assert (result.samples[0].start, result.samples[0].end) == (4, 7)


def test_equal_scans_do_not_differ(tmp_path: Path) -> None:
    rows = [("1", "anemia", "specificity", ["type"])]
    result = compare(_scan(tmp_path / "a", rows), _scan(tmp_path / "b", rows))
    assert result.conditions == []
    assert result.samples == []
    assert result.same == {"anemia": 1}


def test_no_more_samples_are_kept_than_asked_for_and_the_draw_repeats(tmp_path: Path) -> None:
    before = _scan(tmp_path / "a", [])
    after = _scan(tmp_path / "b", [(str(n), "anemia", "specificity", ["type"]) for n in range(50)])
    result = compare(before, after, samples=3, seed=1)
    assert result.added == {"anemia": 50}
    assert len(result.samples) == 3
    assert compare(before, after, samples=3, seed=1).samples == result.samples


def test_scans_of_different_files_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not of the same files"):
        compare(_scan(tmp_path / "a", []), _scan(tmp_path / "b", [], part="other"))


def _cluster_scan(folder: Path, rows: list[tuple[str, str, str, list[str]]], files: int) -> Path:
    """Write findings as a cluster would: any number of files, no parts, in any order."""
    for number in range(files):
        _scan(folder / str(number), rows[number::files])
        (folder / "findings").mkdir(exist_ok=True)
        (folder / str(number) / "findings" / "a.parquet").rename(
            folder / "findings" / f"{number}.parquet"
        )
    # As many findings as are held in memory at once, and more: several slices are made.
    manifest = {"parts": [], "notes": 90, "rejected": 0, "findings": 500_000}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_scans_of_a_cluster_are_compared_stay_by_stay_whatever_their_files(tmp_path: Path) -> None:
    rows = [(f"n{number}", "anemia", "specificity", ["type"]) for number in range(80)]
    before = _cluster_scan(tmp_path / "before", rows, 3)
    after = _cluster_scan(tmp_path / "after", [*rows[5:], ("x", "sepsis", "validation", [])], 2)
    result = compare(before, after, samples=100)
    assert (result.same, result.added) == ({"anemia": 75}, {"sepsis": 1})
    assert result.removed == {"anemia": 5}
    removed = {sample.note for sample in result.samples if sample.change == "removed"}
    assert removed == {"n0", "n1", "n2", "n3", "n4"}


def test_scans_of_other_notes_are_not_compared(tmp_path: Path) -> None:
    rows = [("1", "anemia", "specificity", ["type"])]
    before, after = (_cluster_scan(tmp_path / side, rows, 1) for side in ("before", "after"))
    manifest = {"parts": [], "notes": 91, "rejected": 0, "findings": 1}
    (after / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="not of the same notes"):
        compare(before, after)
