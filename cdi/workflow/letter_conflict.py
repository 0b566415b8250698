"""An edit of a letter that somebody else changed meanwhile, put on the letter as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cdi.domain.actor import Actor
from cdi.domain.letter import Indicator, Question
from cdi.errors import InputError
from cdi.letters.facts import record_facts
from cdi.storage.queries import letter_versions, to_letter
from cdi.workflow.desk import Desk
from cdi.workflow.letters import LetterEdit, QuestionEdit, edit_of
from cdi.workflow.wording import open_wording


@dataclass(frozen=True, slots=True)
class CarriedEdit:
    """What somebody typed, as an edit of the letter there is now.

    Attributes:
        theirs: the edit that leaves the letter as it is now.
        mine: words, answers and facts as they were typed; a question that joined the letter
            meanwhile is as it is now.
        facts: the text of every fact that either names, by question and name.
        lost: texts of facts that neither the letter nor the record has any more.
    """

    theirs: LetterEdit
    mine: LetterEdit
    facts: Mapping[tuple[int, str], str]
    lost: tuple[str, ...]


def carry_edit(
    desk: Desk, actor: Actor, query_id: str, edit: LetterEdit, revision: int
) -> CarriedEdit:
    """Put an edit of an earlier version of an unsent letter on its newest version.

    Names of facts are those of a version; they are followed by text and source.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: the letter has no such version, or the edit does not fit it.
    """
    stored, reference = open_wording(desk, actor, query_id)
    with desk.store.reading() as session:
        rows = [row for row in letter_versions(session, query_id) if row.revision == revision]
        seen = to_letter(rows[0]) if rows else None
    if seen is None or len(edit.questions) != len(seen.questions):
        raise InputError("the edit is of no version of this letter", field="revision")
    theirs = edit_of(stored.letter)
    mine, lost = list(theirs.questions), list[str]()
    facts: dict[tuple[int, str], str] = {}
    for number, question in enumerate(stored.letter.questions):
        record = record_facts(stored.findings[number], reference.encounter)
        if number < len(seen.questions):
            given = edit.questions[number]
            names = list(_follow(given, seen.questions[number], question, record, lost))
            mine[number] = replace(given, facts=tuple(dict.fromkeys(names)))
        known = record | {fact.id: fact for fact in question.indicators}
        facts |= {(number, name): fact.text for name, fact in known.items()}
    return CarriedEdit(theirs, LetterEdit(edit.subject, tuple(mine)), facts, tuple(lost))


def _follow(
    given: QuestionEdit,
    seen: Question,
    now: Question,
    record: dict[str, Indicator],
    lost: list[str],
) -> Iterator[str]:
    """Yield the present names of the facts of an edit; texts of those that are gone are told."""
    before = record | {fact.id: fact for fact in seen.indicators}
    present = {_key(fact): name for name, fact in record.items()}
    present |= {_key(fact): fact.id for fact in now.indicators}
    for name in given.facts:
        fact = before.get(name)
        if fact is None:
            raise InputError("no such fact", field="facts")
        if _key(fact) in present:
            yield present[_key(fact)]
        else:
            lost.append(fact.text)


def _key(fact: Indicator) -> tuple[str, str]:
    return fact.text, fact.source
