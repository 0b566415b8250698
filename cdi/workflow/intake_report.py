"""What intake could not use, gap by gap, for the operator who maintains the mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cdi.domain.encounter import Encounter, RemarkKind
from cdi.interop.hl7 import encounter_from_messages, parse_message
from cdi.interop.mapping import Intake
from cdi.storage.inbox import (
    RefusedMessage,
    all_visits,
    contents_of_visit,
    count_messages,
    refused_messages,
)
from cdi.storage.store import Store

_EXAMPLES = 3


@dataclass(slots=True)
class Gap:
    """One thing to mend, usually a line of the site's mapping file.

    Attributes:
        kind: what is wrong.
        subject: the code, unit, analyte or element.
        message: what was expected.
        count: how often it was met.
        encounters: in how many stays.
        examples: the first few items, as the source calls them.
    """

    kind: RemarkKind
    subject: str
    message: str
    count: int = 0
    encounters: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class IntakeReport:
    """Everything read and what of it no rule may use; holds no text, name or value."""

    encounters: int = 0
    notes: int = 0
    observations: int = 0
    set_aside: int = 0
    gaps: list[Gap] = field(default_factory=list)
    refused: list[RefusedMessage] = field(default_factory=list)
    messages: dict[str, int] = field(default_factory=dict)


def report_intake(encounters: Iterable[Encounter]) -> IntakeReport:
    """Return what intake had to remark on some stays, the most frequent gap first."""
    report = IntakeReport()
    gaps: dict[tuple[RemarkKind, str, str], Gap] = {}
    for encounter in encounters:
        report.encounters += 1
        report.notes += len(encounter.notes)
        report.observations += len(encounter.observations)
        report.set_aside += len(encounter.set_aside)
        met = set()
        for remark in encounter.remarks:
            key = (remark.kind, remark.subject, remark.message)
            gap = gaps.setdefault(key, Gap(*key))
            gap.count += 1
            gap.encounters += key not in met
            met.add(key)
            if len(gap.examples) < _EXAMPLES:
                gap.examples.append(f"{encounter.id} {remark.item}")
    report.gaps = sorted(gaps.values(), key=lambda gap: (-gap.count, gap.kind, gap.subject))
    return report


def report_inbox(store: Store, intake: Intake) -> IntakeReport:
    """Return the same for every visit of the inbox, with the messages that were refused."""
    with store.reading() as session:
        report = report_intake(stays_of_inbox(store, intake, all_visits(session)))
        report.refused = refused_messages(session)
        report.messages = {str(state): count for state, count in count_messages(session).items()}
    return report


def stays_of_inbox(store: Store, intake: Intake, visits: Iterable[str]) -> Iterator[Encounter]:
    """Yield the stay that the messages of each visit describe."""
    for visit in visits:
        with store.reading() as session:
            messages = [parse_message(text) for text in contents_of_visit(session, visit)]
        yield encounter_from_messages(messages, intake)
