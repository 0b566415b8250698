"""Scoring the review against expert labels: the arithmetic, the table, the errors.

Labels are JSON lines with ``id``, ``text``, ``documented`` (mentions with their assertion) and
``queries`` (condition, type, missing axes, evidence quotes, certainty). Queries of certainty
"certain" are wanted; "borderline" ones count neither for nor against; any other finding is a
false alert.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdi.domain.encounter import Note
from cdi.domain.finding import Explanation, Finding, NoteSpan, Review
from cdi.domain.reading import Assertion
from cdi.errors import InputError
from cdi.report.record import naming_mentions
from cdi.workflow.scan import Scanner

_CONTEXT = 50


@dataclass(slots=True)
class Score:
    """Counts of one condition, or of all."""

    found: int = 0
    false: int = 0
    missed: int = 0
    right_type: int = 0
    with_axes: int = 0
    axes_f1: float = 0.0
    overlapping: int = 0

    @property
    def labelled(self) -> int:
        """How many wanted queries there were."""
        return self.found + self.missed

    @property
    def precision(self) -> float:
        """Share of findings that were wanted."""
        return _share(self.found, self.found + self.false)

    @property
    def recall(self) -> float:
        """Share of wanted queries that were found."""
        return _share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _f1(self.found, self.false, self.missed)


@dataclass(frozen=True, slots=True)
class LabelError:
    """A false alert or a miss with what a rule author needs to judge it.

    ``rules`` explains each rule of the condition: its sentence, the truth of each name in it, and
    why it was silent ("" if it spoke).
    """

    kind: str
    note: str
    condition: str
    query_type: str
    why: str
    context: str
    rules: tuple[Explanation, ...] = ()


@dataclass(slots=True)
class Evaluation:
    """The result over a set of labelled notes."""

    notes: int = 0
    by_condition: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    assertions: Counter[str] = field(default_factory=Counter)
    errors: list[LabelError] = field(default_factory=list)

    def total(self) -> Score:
        """Return the sum over all conditions."""
        total = Score()
        for score in self.by_condition.values():
            for name in Score.__slots__:
                setattr(total, name, getattr(total, name) + getattr(score, name))
        return total

    def figures(self) -> dict[str, float]:
        """Return the figures of the whole: shares from 0 to 1."""
        total = self.total()
        a = self.assertions
        return {
            "notes": self.notes,
            "precision": total.precision,
            "recall": total.recall,
            "f1": total.f1,
            "type_accuracy": _share(total.right_type, total.found),
            "missing_axes_f1": total.axes_f1 / total.with_axes if total.with_axes else 0.0,
            "evidence_overlap": _share(total.overlapping, total.found),
            "assertion_f1": _f1(a["right"], a["wrong"], a["missed"]),
            "false_alerts_per_note": _share(total.false, self.notes),
        }


def evaluate(
    path: Path,
    scanner: Scanner,
    conditions: Iterable[str] | None = None,
    *,
    explained: bool = False,
) -> Evaluation:
    """Review every labelled note of a JSON-lines file and compare.

    Args:
        path: the labels.
        scanner: what reviews.
        conditions: judge only these; all that the catalogue has if None.
        explained: explain every error, which takes a second reading of its note.

    Raises:
        InputError: the file does not exist or a line is no labelled note.
    """
    return evaluate_labels(read_labels(path), scanner, conditions, explained=explained)


def evaluate_labels(
    labels: Iterable[Mapping[str, Any]],
    scanner: Scanner,
    conditions: Iterable[str] | None = None,
    *,
    explained: bool = False,
) -> Evaluation:
    """Review labelled notes and compare; see :func:`evaluate`."""
    chosen = set(conditions or scanner.catalogue.conditions)
    result = Evaluation()
    labelled = list(labels)
    notes = [Note(label["id"], label["text"]) for label in labelled]
    reviews = scanner.scan_many(notes, whole=True)
    for label, note, review in zip(labelled, notes, reviews, strict=True):
        if isinstance(review, InputError):
            raise review
        result.notes += 1
        known = len(result.errors)
        _score_queries(label, review, chosen, result)
        if explained:
            result.errors[known:] = [
                replace(error, rules=_explained(scanner, note, error.condition))
                for error in result.errors[known:]
            ]
        _score_assertions(label, review, chosen, result.assertions)
    return result


def _explained(scanner: Scanner, note: Note, condition: str) -> tuple[Explanation, ...]:
    return scanner.explain(note, condition) if condition in scanner.catalogue.conditions else ()


def read_labels(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the labelled notes of a JSON-lines file.

    Raises:
        InputError: the file does not exist or a line is no labelled note.
    """
    if not path.is_file():
        raise InputError("there are no labelled notes here", source=str(path))
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                label = json.loads(line)
                yield {key: label[key] for key in ("id", "text", "documented", "queries")}
            except (ValueError, KeyError) as error:
                raise InputError("not a labelled note", source=path.name, line=number) from error


def _score_queries(
    label: Mapping[str, Any], review: Review, chosen: set[str], result: Evaluation
) -> None:
    wanted: dict[str, list[Mapping[str, Any]]] = {}
    named = set()
    for query in label["queries"]:
        named.add(query["condition"])
        if query["certainty"] == "certain":
            wanted.setdefault(query["condition"], []).append(query)
    found = {finding.condition: finding for finding in review.findings}
    for condition in sorted(chosen & (set(wanted) | set(found))):
        queries, finding = wanted.get(condition), found.get(condition)
        score = result.by_condition[condition]
        if queries and finding:
            _score_finding(label["text"], queries, finding, score)
        elif queries:
            score.missed += 1
            result.errors.append(_miss(label, queries[0]))
        elif finding and condition not in named:
            score.false += 1
            result.errors.append(_false_alert(label, finding))


def _score_finding(
    text: str, queries: Sequence[Mapping[str, Any]], finding: Finding, score: Score
) -> None:
    score.found += 1
    score.right_type += finding.type in {query["type"] for query in queries}
    axes = {axis for query in queries for axis in query["missing"]}
    if axes:
        have = set(finding.missing)
        score.with_axes += 1
        score.axes_f1 += _f1(len(axes & have), len(have - axes), len(axes - have))
    quoted = [span for query in queries for quote in query["evidence"] for span in _at(text, quote)]
    score.overlapping += any(
        span.start < end and start < span.end
        for span in _note_spans(finding)
        for start, end in quoted
    )


def _score_assertions(
    label: Mapping[str, Any], review: Review, chosen: set[str], counts: Counter[str]
) -> None:
    wanted = {
        (mention["condition"], _merged(mention["assertion"]))
        for mention in label["documented"]
        if mention["condition"] in chosen
    }
    found = {
        (mention.condition, _merged(mention.assertion))
        for _, mention in naming_mentions(review)
        if mention.condition in chosen
    }
    counts["right"] += len(wanted & found)
    counts["wrong"] += len(found - wanted)
    counts["missed"] += len(wanted - found)


def _merged(assertion: str) -> str:
    return Assertion.PRESENT if assertion == Assertion.POSSIBLE else assertion


def _at(text: str, quote: str) -> Iterator[tuple[int, int]]:
    at = text.find(quote)
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def _note_spans(finding: Finding) -> list[NoteSpan]:
    return [e.pointer for e in finding.evidence if isinstance(e.pointer, NoteSpan)]


def _miss(label: Mapping[str, Any], query: Mapping[str, Any]) -> LabelError:
    quote = query["evidence"][0] if query["evidence"] else ""
    return LabelError(
        "miss", label["id"], query["condition"], query["type"], query.get("why", ""), quote
    )


def _false_alert(label: Mapping[str, Any], finding: Finding) -> LabelError:
    spans = _note_spans(finding)
    context = ""
    if spans:
        start, end = max(0, spans[0].start - _CONTEXT), spans[0].end + _CONTEXT
        context = " ".join(label["text"][start:end].split())
    true = [name.name for name in finding.explanation.names if name.true]
    why = f"{finding.key}: true are {', '.join(true)}"
    return LabelError("false", label["id"], finding.condition, finding.type, why, context)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _f1(right: float, wrong: float, missed: float) -> float:
    return _share(2 * right, 2 * right + wrong + missed)
