"""The same review on a Spark cluster, through ``mapInArrow``.

In a notebook, on any DataFrame of notes::

    from cdi.archive.columns import Columns
    from cdi.archive.spark import scan_frame
    findings = scan_frame(notes, Columns(id="note_id", text="note_text", encounter="visit_id"))

As a job, with this package installed on every worker::

    spark-submit --master spark://... scan.py INPUT OUTPUT [--encounter visit_id ...]

where ``scan.py`` holds ``from cdi.archive.spark import main; main()``. Cloud paths and catalogues
are Spark's business: read the frame there and call :func:`scan_frame`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from cdi.archive.batch import FINDINGS, BatchReview
from cdi.archive.columns import Columns
from cdi.archive.store import list_files

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SPAN = "struct<note:string,start:int,end:int>"
_TYPES = {"missing": "array<string>", "evidence": f"array<{_SPAN}>", "rule_version": "int"}
FINDINGS_SCHEMA = ", ".join(
    f"{name} {_TYPES.get(name, 'string')}" for name in (*FINDINGS.names, "problem")
)
"""Findings as Spark writes schemas. ``problem`` is null, or the reason why a row was not read."""


@dataclass(frozen=True)
class _Mapping:
    """What runs on the workers: findings and refused rows in one stream."""

    review: BatchReview

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schema = FINDINGS.append(pa.field("problem", pa.string()))
        for outcome in self.review.outcomes(batches):
            findings = outcome.findings
            yield findings.append_column("problem", pa.nulls(findings.num_rows, pa.string()))
            refused = [
                {"note": row["note"], "problem": row["reason"]}
                for row in outcome.rejected.to_pylist()
            ]
            yield pa.RecordBatch.from_pylist(refused, schema)


def scan_frame(notes: DataFrame, columns: Columns) -> DataFrame:
    """Return the findings in a frame of notes, and its refused rows, as :data:`FINDINGS_SCHEMA`.

    With an encounter column the notes of a stay are brought together first; a stay is small, so
    that skew comes only from rows without an encounter, which go round robin with their own ids.
    """
    frame = notes.select(*columns.given)
    if columns.encounter:
        from pyspark.sql import functions

        stay, note = functions.col(columns.encounter), functions.col(columns.id)
        frame = frame.repartition(functions.coalesce(stay, note))
        frame = frame.sortWithinPartitions(stay, note)
    return frame.mapInArrow(_Mapping(BatchReview(columns)), FINDINGS_SCHEMA)


def read_notes(spark: SparkSession, store: str) -> DataFrame:
    """Return a local or mounted store of Parquet files or a Delta table as a frame.

    The files of a Delta table are found from its log, so that Spark needs no further jar.

    Raises:
        InputError: there is nothing to read.
    """
    return spark.read.parquet(*(str(file.path) for file in list_files(store)))


def write_findings(findings: DataFrame, output: str, *, delta: bool = False) -> None:
    """Write findings to ``OUTPUT/findings`` and refused rows to ``OUTPUT/quarantine``.

    Args:
        findings: from :func:`scan_frame`; kept on the workers' disks meanwhile, so that notes are
            reviewed once.
        output: a folder that does not hold results yet.
        delta: also write the log that makes the findings a Delta table.
    """
    from pyspark import StorageLevel

    kept = findings.persist(StorageLevel.DISK_ONLY)
    problem = kept["problem"]
    kept.where(problem.isNull()).drop("problem").write.parquet(f"{output}/findings")
    kept.where(problem.isNotNull()).select("note", problem.alias("reason")).write.parquet(
        f"{output}/quarantine"
    )
    kept.unpersist()
    if delta:
        from deltalake import convert_to_deltalake

        convert_to_deltalake(str(Path(output) / "findings"))


def main(arguments: list[str] | None = None) -> None:
    """Run as a Spark job; the session takes its settings from ``spark-submit``."""
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(description="Review the notes of a store on Spark.")
    parser.add_argument("input", help="folder or glob of Parquet files, or a Delta table")
    parser.add_argument("output", help="folder of the results")
    parser.add_argument("--delta", action="store_true", help="make the findings a Delta table")
    for field in fields(Columns):
        parser.add_argument(f"--{field.name}", default=field.default, help="column of the store")
    options = vars(parser.parse_args(arguments))
    columns = Columns(**{field.name: options[field.name] for field in fields(Columns)})
    spark = SparkSession.builder.appName("cdi archive scan").getOrCreate()
    notes = read_notes(spark, options["input"])
    write_findings(scan_frame(notes, columns), options["output"], delta=options["delta"])
