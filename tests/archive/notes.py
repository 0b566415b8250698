"""Synthetic notes for the tests of the archive."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CHF = "ASSESSMENT: CHF, on Lasix 40 mg IV twice a day."
SILENT = "ASSESSMENT: Ankle sprain. Rest and ice."
COLUMNS = ("id", "text", "visit", "service", "author", "written")


def table(rows: list[tuple[object, ...]]) -> pa.Table:
    """Rows of (id, text, visit, service, author, written)."""
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows])


def write_store(folder: Path, files: int, rows: int) -> None:
    """Write Parquet files of notes; every third note asks for something."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        first = number * rows
        pq.write_table(
            table(
                [
                    (
                        f"n{row}",
                        (CHF if row % 3 == 0 else SILENT) + f" Bed {row}.",
                        f"v{row // 2}",
                        ("medicine", "surgery")[row % 2],
                        f"Dr {row % 4}",
                        datetime(2024, 1 + row % 3, 5),
                    )
                    for row in range(first, first + rows)
                ]
            ),
            folder / f"part-{number}.parquet",
        )


def findings(folder: Path) -> list[dict[str, object]]:
    """All findings below a folder in a fixed order."""
    rows = [
        row
        for path in sorted((folder / "findings").rglob("*.parquet"))
        for row in pq.read_table(path, partitioning=None).to_pylist()
    ]
    return sorted(rows, key=lambda row: (row["note"], row["condition"]))
