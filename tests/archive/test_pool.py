from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from archive.notes import CHF, findings, write_store

from cdi.archive.columns import Columns
from cdi.archive.manifest import read_manifest
from cdi.archive.pool import scan_store
from cdi.errors import InputError

COLUMNS = Columns(encounter="visit", service="service", author="author", time="written")


def test_a_store_is_scanned_into_one_file_for_each_of_its_files(tmp_path: Path) -> None:
    store, output = tmp_path / "in", tmp_path / "out"
    write_store(store, files=2, rows=6)
    told: list[tuple[int, int | None]] = []
    summary = scan_store(str(store), output, COLUMNS, tell=lambda *now: told.append(now))
    assert [part.name for part in summary.parts] == ["part-0.parquet", "part-1.parquet"]
    assert [part.notes for part in summary.parts] == [6, 6]
    assert told[-1] == (12, 12)
    found = findings(output)
    assert [row["note"] for row in found] == ["n0", "n3", "n6", "n9"]
    assert {row["condition"] for row in found} == {"heart_failure"}
    assert not list(output.rglob("*.partial"))
    manifest = read_manifest(output)
    assert (manifest["notes"], manifest["findings"], manifest["rejected"]) == (12, 4, 0)
    assert manifest["notes_by"]["service"] == {"medicine": 6, "surgery": 6}
    assert manifest["notes_by"]["month"] == {"2024-01": 4, "2024-02": 4, "2024-03": 4}
    assert manifest["rule_versions"]["heart_failure"] >= 1


def test_rows_that_were_not_read_are_listed_without_their_text(tmp_path: Path) -> None:
    store = tmp_path / "a.csv"
    store.write_text(f'id,text\na,"{CHF}"\nb,\nc\n', encoding="utf-8")
    summary = scan_store(str(store), tmp_path / "out", Columns())
    assert [(part.notes, part.rejected) for part in summary.parts] == [(1, 2)]
    quarantine = pq.read_table(tmp_path / "out" / "quarantine" / "a.csv.parquet").to_pylist()
    assert quarantine == [
        {"row": 1, "note": "b", "reason": "text: the note is empty"},
        {"row": 2, "note": "", "reason": "1 cells, expected 2"},
    ]


def test_a_file_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    store = tmp_path / "in"
    write_store(store, files=1, rows=3)
    (store / "broken.parquet").write_text("no", encoding="utf-8")
    summary = scan_store(str(store), tmp_path / "out", Columns())
    assert [part.name for part in summary.parts] == ["part-0.parquet"]
    assert len(summary.unreadable) == 1
    assert "broken.parquet" in summary.unreadable[0]


def test_a_finished_part_is_taken_over_and_never_mixed_with_other_work(tmp_path: Path) -> None:
    store, output = tmp_path / "in", tmp_path / "out"
    write_store(store, files=2, rows=3)
    scan_store(str(store), output, Columns())
    (output / "findings" / "part-1.parquet").unlink()
    again = scan_store(str(store), output, Columns())
    assert again.taken_over == 1
    assert [part.notes for part in again.parts] == [3, 3]
    with pytest.raises(InputError, match="made from other input, columns or rules"):
        scan_store(str(store), output, Columns(service="service"))


SCAN = """
import sys
from pathlib import Path
from cdi.archive.columns import Columns
from cdi.archive.pool import scan_store
if __name__ == "__main__":
    scan_store(sys.argv[1], Path(sys.argv[2]), Columns(encounter="visit"), jobs=2)
"""


def test_a_killed_scan_resumes_to_the_output_of_an_undisturbed_one(tmp_path: Path) -> None:
    store, script = tmp_path / "in", tmp_path / "run.py"
    write_store(store, files=6, rows=1200)
    script.write_text(SCAN, encoding="utf-8")
    whole = tmp_path / "whole"
    scan_store(str(store), whole, Columns(encounter="visit"))
    expected = findings(whole)
    assert len(expected) == 2400
    chance = random.Random(7)
    output = tmp_path / "killed"
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, str(script), str(store), str(output)], start_new_session=True
        )
        time.sleep(chance.uniform(1.0, 7.0))
        _kill_group(process)
    taken_over = scan_store(str(store), output, Columns(encounter="visit")).taken_over
    assert findings(output) == expected
    assert taken_over <= 6
    assert read_manifest(output)["notes"] == 7200


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
