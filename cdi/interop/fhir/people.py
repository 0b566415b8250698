"""Practitioners and their roles to authors."""

from __future__ import annotations

from cdi.interop.fhir.elements import NUCC, Resource, codes, full_name, labels, references
from cdi.interop.fhir.entries import Entries, Entry
from cdi.interop.mapping import Author


class People:
    """Finds authors: each practitioner with everything any of the roles says of him or her."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._roles: dict[str, list[Resource]] = {}
        for role in entries.of("PractitionerRole"):
            for practitioner in entries.keys(role.resource.practitioner):
                self._roles.setdefault(practitioner, []).append(role.resource)

    def author(self, found: list[Resource] | None) -> Author:
        """Return the author that the first of some References points to.

        An author outside the bundle is known by what the reference displays: a name, then role
        and specialty after a comma.
        """
        if not found:
            return Author()
        first = found[0]
        name, _, shown = str(first.display or "").partition(",")
        key = next((self._entries.key(reference) for reference in references(first)), "")
        known = self._known(key) if key else None
        if known is None:
            return Author(key, name.strip(), (shown.strip(),) if shown.strip() else ())
        words = known.words or ((shown.strip(),) if shown.strip() else ())
        return Author(known.id, known.name or name.strip(), words, known.codes)

    def person(self, reference: str) -> str:
        """Return the id by which authors carry whom a reference points to."""
        entry = self._entries.find(reference)
        if entry is not None and entry.type == "PractitionerRole":
            return next(iter(self._entries.keys(entry.resource.practitioner)), entry.source)
        return self._entries.key(reference)

    def _known(self, key: str) -> Author | None:
        entry = self._entries.find(key)
        if entry is None:
            return None
        if entry.type == "PractitionerRole":
            practitioner = next(iter(self._entries.keys(entry.resource.practitioner)), "")
            person = self._entries.find(practitioner)
            return self._described(practitioner or entry.source, person, [entry.resource])
        if entry.type == "Practitioner":
            return self._described(key, entry, self._roles.get(key, []))
        return None

    def _described(self, key: str, person: Entry | None, roles: list[Resource]) -> Author:
        words: list[str] = []
        nucc: list[str] = []
        for role in roles:
            for concept in (*(role.code or ()), *(role.specialty or ())):
                words.extend(labels([concept]))
                nucc.extend(codes(concept, NUCC))
        name = ""
        if person is not None:
            name = full_name(person.resource.name)
            qualified = [item.code for item in person.resource.qualification or ()]
            words.extend(labels(qualified))
        return Author(key, name, tuple(dict.fromkeys(words)), tuple(dict.fromkeys(nucc)))
