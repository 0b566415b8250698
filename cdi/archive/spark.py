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
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cdi.archive.batch import FINDINGS, BatchReview, Outcome
from cdi.archive.columns import Columns
from cdi.archive.manifest import (
    Totals,
    add_counts,
    count_notes,
    make_manifest,
    write_manifest,
)
from cdi.archive.store import list_files
from cdi.rules.fingerprint import rules_fingerprint

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SPAN = "struct<note:string,start:int,end:int>"
_TYPES = {"missing": "array<string>", "evidence": f"array<{_SPAN}>", "rule_version": "int"}
_COUNTED = pa.list_(
    pa.struct([("group", pa.string()), ("name", pa.string()), ("notes", pa.int64())])
)
_BESIDE = [pa.field("problem", pa.string()), pa.field("read", pa.int64()), pa.field("by", _COUNTED)]
FINDINGS_SCHEMA = ", ".join(
    [
        *(f"{name} {_TYPES.get(name, 'string')}" for name in FINDINGS.names),
        "problem string",
        "read bigint",
        "by array<struct<group:string,name:string,notes:bigint>>",
    ]
)
"""Findings as Spark writes schemas, and what became of the notes beside them.

A row is a finding; or, with ``problem``, a refused row and the reason; or, with ``read``, how many
notes of a batch were read, counted ``by`` service, month, author and kind.
"""


@dataclass(frozen=True)
class _Mapping:
    """What runs on the workers: findings and refused rows in one stream."""

    review: BatchReview

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([*FINDINGS, *_BESIDE])
        for outcome in self.review.outcomes(batches):
            findings = outcome.findings
            for field in _BESIDE:
                findings = findings.append_column(field, pa.nulls(findings.num_rows, field.type))
            yield findings
            beside: list[dict[str, Any]] = [
                {"note": row["note"], "problem": row["reason"]}
                for row in outcome.rejected.to_pylist()
            ]
            if outcome.read:
                beside.append({"read": len(outcome.read), "by": _count_rows(outcome)})
            yield pa.RecordBatch.from_pylist(beside, schema)


def _count_rows(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"group": group, "name": name, "notes": notes}
        for group, names in count_notes(outcome).items()
        for name, notes in names.items()
    ]


def scan_frame(notes: DataFrame, columns: Columns) -> DataFrame:
    """Return the findings in a frame of notes, and what else is told, as :data:`FINDINGS_SCHEMA`.

    ``findings.where("condition is not null")`` leaves the findings alone.

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


def write_findings(
    findings: DataFrame,
    output: str,
    columns: Columns,
    *,
    store: str = "",
    delta: bool = False,
) -> dict[str, Any]:
    """Write findings to ``OUTPUT/findings``, refused rows to ``OUTPUT/quarantine``, a manifest.

    Args:
        findings: from :func:`scan_frame`; kept on the workers' disks meanwhile, so that notes are
            reviewed once.
        output: a folder that does not hold results yet. ``manifest.json`` is written to it where
            the driver can; to an address of a cloud it is not.
        columns: as given to :func:`scan_frame`.
        store: where the notes came from, for the manifest.
        delta: also write the log that makes the findings a Delta table.

    Returns:
        The manifest.
    """
    from pyspark import StorageLevel

    started, rules = time.monotonic(), rules_fingerprint()
    kept = findings.persist(StorageLevel.DISK_ONLY)
    found = kept.where(kept["condition"].isNotNull()).drop(*(field.name for field in _BESIDE))
    found.write.parquet(f"{output}/findings")
    problem = kept["problem"]
    kept.where(problem.isNotNull()).select("note", problem.alias("reason")).write.parquet(
        f"{output}/quarantine"
    )
    totals = _total(kept)
    kept.unpersist()
    if delta:
        from deltalake import convert_to_deltalake

        convert_to_deltalake(str(Path(output) / "findings"))
    seconds = time.monotonic() - started
    manifest = make_manifest(store, columns, totals, seconds=seconds, rules=rules)
    if "://" not in output:
        write_manifest(Path(output), manifest)
    return manifest


def _total(kept: DataFrame) -> Totals:
    """Add up what the workers counted."""
    from pyspark.sql import functions as f

    row = kept.agg(f.sum("read"), f.count("condition"), f.count("problem")).first()
    notes, findings, rejected = row or (0, 0, 0)
    each = kept.select(f.explode("by").alias("by")).select("by.*")
    counted = each.groupBy("group", "name").agg(f.sum("notes")).collect()
    by = add_counts({group: {name: count}} for group, name, count in counted)
    return Totals(notes or 0, findings, rejected, by)


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
    write_findings(
        scan_frame(notes, columns),
        options["output"],
        columns,
        store=options["input"],
        delta=options["delta"],
    )
