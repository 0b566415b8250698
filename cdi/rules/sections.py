"""The section kinds of a clinical note and the headings that open them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from cdi.errors import RuleError
from cdi.rules.loader import Document, Strict, did_you_mean, read_document, validate

UNLISTED_KIND = "other"
"""The kind a heading opens that no pack lists."""

_KIND_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_JOINED = re.compile(r" *([/,]) *")


def fold_heading(label: str) -> str:
    """Return a heading as headings are compared.

    Case, hyphens, "&" or "and", white space, what stands in brackets and the colon do not count:
    "Assessment & Plan" and "ASSESSMENT AND PLAN (hospital day 2):" are one heading.
    """
    folded = label.lower().replace("-", " ").replace("&", " and ").replace("\u2019", "'")
    if "(" in folded or "[" in folded:
        folded = _PARENTHESES.sub(" ", folded)
    return _JOINED.sub(r"\1", " ".join(folded.split())).strip(" :.,/*_()[]")


class Context(StrEnum):
    """How the words of a section are to be taken."""

    NONE = "none"
    COMPLAINT = "complaint"
    INDICATION = "indication"
    PAST_HISTORY = "past_history"
    FAMILY = "family"
    SOCIAL = "social"
    ALLERGIES = "allergies"
    MEDICATIONS = "medications"
    REVIEW_OF_SYSTEMS = "review_of_systems"
    EXAM = "exam"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    PROCEDURE = "procedure"
    ASSESSMENT = "assessment"
    DIFFERENTIAL = "differential"
    PLAN = "plan"
    INSTRUCTIONS = "instructions"
    PREVENTION = "prevention"
    CARE_TEAM = "care_team"


class SectionKind(Strict):
    """One kind of section. Headings are compared as :func:`fold_heading` makes them."""

    title: str = Field(description="Its name for people.")
    context: Context = Field(Context.NONE, description="How its words are to be taken.")
    headings: tuple[str, ...] = Field((), description="Headings that open it.")
    beginnings: tuple[str, ...] = Field(
        (), description="First words of further headings that open it: `reason for` (surgery)."
    )
    endings: tuple[str, ...] = Field(
        (), description="Last words of further headings that open it: (travel) `history`."
    )
    titles: tuple[str, ...] = Field(
        (),
        description="Beginnings of a note's first line that open it; it then `keeps` to the end.",
    )
    keeps: tuple[str, ...] = Field(
        (), description="Headings of other kinds that, inside this one, do not end it."
    )
    keeps_systems: bool = Field(False, description="Organ systems (`HEENT:`) do not end it.")
    keeps_unlisted: bool = Field(False, description="Unlisted headings (`CHF:`) do not end it.")
    problems: bool = Field(
        False, description="It lists problems: what is a `detail` does not end it inside an item."
    )
    detail: bool = Field(False, description="Written about a single problem as well (`Labs:`).")
    systems: bool = Field(
        False, description="Organ systems in capitals later in the note reopen it."
    )


class SystemHeadings(Strict):
    """Headings of organ systems, which stand in the examination and the review of systems alike."""

    kind: str = Field(description="The kind they open when none with `systems` came before.")
    headings: tuple[str, ...]


class SectionPack(Strict):
    """All section kinds."""

    kinds: Mapping[str, SectionKind]
    systems: SystemHeadings
    no_headings: tuple[str, ...] = Field(
        (), description="Words with a colon that look like a heading and are none: `RULE OUT:`."
    )


def load_sections(path: Path) -> SectionPack:
    """Read ``models/language/sections.yaml``.

    Raises:
        RuleError: the file is wrong: an unknown key, a heading of two kinds, a kept heading
            that nothing lists, no kind for unlisted headings.
    """
    document = read_document(path)
    pack = validate(SectionPack, document)
    for mistake in _mistakes(pack, document):
        raise mistake
    return pack


def _mistakes(pack: SectionPack, document: Document) -> Iterator[RuleError]:
    for name in pack.kinds:
        if not _KIND_NAME.match(name):
            yield document.error("a kind is named in snake_case", ["kinds", name])
    if UNLISTED_KIND not in pack.kinds:
        message = f"a kind `{UNLISTED_KIND}` is required for unlisted headings"
        yield document.error(message, ["kinds"])
    if pack.systems.kind not in pack.kinds:
        hint = did_you_mean(pack.systems.kind, pack.kinds)
        yield document.error(f"no such kind{hint}", ["systems", "kind"])
    owners: dict[str, str] = {}
    yield from _doubles(pack, document, owners)
    yield from _unknown_keeps(pack, document, owners)


def _doubles(pack: SectionPack, document: Document, owners: dict[str, str]) -> Iterator[RuleError]:
    lists = [(name, ["kinds", name], kind.headings) for name, kind in pack.kinds.items()]
    for owner, place, headings in [*lists, ("systems", ["systems"], pack.systems.headings)]:
        for index, heading in enumerate(headings):
            folded = fold_heading(heading)
            if not folded:
                yield document.error("a heading without letters", [*place, "headings", index])
            if folded in owners:
                message = f"`{heading}` is already a heading of `{owners[folded]}`"
                yield document.error(message, [*place, "headings", index])
            owners[folded] = owner


def _unknown_keeps(
    pack: SectionPack, document: Document, owners: Mapping[str, str]
) -> Iterator[RuleError]:
    for name, kind in pack.kinds.items():
        for index, heading in enumerate(kind.keeps):
            folded = fold_heading(heading)
            if folded not in owners:
                hint = did_you_mean(folded, owners)
                message = f"`{heading}` is a heading of no kind{hint}"
                yield document.error(message, ["kinds", name, "keeps", index])
