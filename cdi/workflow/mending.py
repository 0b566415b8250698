"""Mending a letter: the smallest change that ends a violation and brings in no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cdi.compliance import Reference
from cdi.domain.actor import Actor
from cdi.domain.letter import OptionKind, Violation
from cdi.errors import InputError
from cdi.letters import compose
from cdi.workflow.desk import Desk
from cdi.workflow.letters import LetterEdit, QuestionEdit, edit_of, stopping
from cdi.workflow.references import Stored
from cdi.workflow.wording import WordingCheck, judge_edit, open_wording

_QUESTION = re.compile(r"questions\[(\d+)\](?:\.(stem|options|indicators)(?:\[(\d+)\])?)?")
_ADD = "Add: "
# What an answer that has to be added means, by the words the rules propose.
_KINDS = (
    ("other", OptionKind.OTHER),
    ("unable", OptionKind.UNDETERMINED),
    ("undetermined", OptionKind.UNDETERMINED),
    ("not clinically significant", OptionKind.NOT_SIGNIFICANT),
    ("ruled out", OptionKind.RULED_OUT),
    ("no", OptionKind.NO),
    ("yes", OptionKind.YES),
)


def mend_wording(
    desk: Desk, actor: Actor, query_id: str, edit: LetterEdit, rule: str, where: str
) -> LetterEdit:
    """Return the edit without a violation: words removed, an answer added, or as the rule wrote it.

    Args:
        desk: where.
        actor: who edits the letter.
        query_id: which letter.
        edit: as it stands in the editor.
        rule: the practice rule that is violated ("Q09").
        where: the part of the letter.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: there is no such violation, or none of the ways mends it.
    """
    stored, reference = open_wording(desk, actor, query_id)
    before = judge_edit(desk, stored, reference, edit)
    violation = next((v for v in before.violations if (v.rule, v.where) == (rule, where)), None)
    if violation is None:
        raise InputError("the letter has no such violation", field="where")
    for mended in _ways(desk, stored, reference, edit, violation):
        after = judge_edit(desk, stored, reference, mended)
        if _is_better(before, after, violation):
            return mended
    raise InputError("no change mends this by itself; edit the words", field="where")


def _is_better(before: WordingCheck, after: WordingCheck, violation: Violation) -> bool:
    """Tell whether the violation is gone, and nothing that stops the letter has come."""
    if any((v.rule, v.where, v.text) == _name(violation) for v in after.violations):
        return False
    return len(stopping(after.violations)) < len(stopping(before.violations)) or (
        len(after.violations) < len(before.violations)
    )


def _name(violation: Violation) -> tuple[str, str, str]:
    return violation.rule, violation.where, violation.text


def _ways(
    desk: Desk, stored: Stored, reference: Reference, edit: LetterEdit, violation: Violation
) -> Iterator[LetterEdit]:
    """Yield changes, the smallest first."""
    encounter, catalogue = reference.encounter, desk.scanner.catalogue
    written = edit_of(
        compose(stored.findings, encounter, catalogue, stored.letter.recipient, stored.letterhead)
    )
    if violation.where == "subject":
        yield replace(edit, subject=_without(edit.subject, violation))
        yield replace(edit, subject=written.subject)
        return
    place = _QUESTION.match(violation.where)
    numbers = [int(place[1])] if place else range(len(edit.questions))
    for number in numbers:
        now, rule = edit.questions[number], written.questions[number]
        kept = replace(rule, facts=stored_facts(stored, number))
        for changed in _ways_of_question(now, kept, violation, place):
            questions = (*edit.questions[:number], changed, *edit.questions[number + 1 :])
            yield replace(edit, questions=questions)


def stored_facts(stored: Stored, number: int) -> tuple[str, ...]:
    """Return the facts that a question of the stored letter has."""
    return tuple(indicator.id for indicator in stored.letter.questions[number].indicators)


def _ways_of_question(
    now: QuestionEdit, rule: QuestionEdit, violation: Violation, place: re.Match[str] | None
) -> Iterator[QuestionEdit]:
    part = place[2] if place else None
    if part == "stem":
        yield replace(now, stem=_without(now.stem, violation))
        yield replace(now, stem=rule.stem)
    if part == "options":
        if violation.fix.startswith(_ADD):
            wording = violation.fix.removeprefix(_ADD)
            yield replace(now, options=(*now.options, (wording, _kind(wording))))
        if place is not None and place[3] is not None:
            index = int(place[3])
            text, kind = now.options[index]
            cut = (_without(text, violation), kind)
            yield replace(now, options=(*now.options[:index], cut, *now.options[index + 1 :]))
            yield replace(now, options=now.options[:index] + now.options[index + 1 :])
        yield replace(now, options=rule.options)
    if part == "indicators":
        yield replace(now, facts=rule.facts)
    yield replace(now, stem=rule.stem, options=rule.options)
    yield rule


def _without(text: str, violation: Violation) -> str:
    """Return a text without the words of a violation, and with the spaces put right."""
    if violation.span is not None:
        start, end = violation.span
    elif violation.text and violation.text in text:
        start = text.index(violation.text)
        end = start + len(violation.text)
    else:
        return text
    cut = re.sub(r"\s+([,.;?!])", r"\1", text[:start] + text[end:])
    cut = re.sub(r"[ \t]{2,}", " ", cut).strip(" ,;")
    return cut[:1].upper() + cut[1:] if text[:1].isupper() else cut


def _kind(wording: str) -> OptionKind:
    low = wording.lower()
    return next(
        (kind for start, kind in _KINDS if low.startswith(start) or f" {start}" in low),
        OptionKind.DIAGNOSIS,
    )
