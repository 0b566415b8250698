"""Who wrote a document: the schema of ``models/intake/authors.yaml`` and what is read with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from cdi.domain.encounter import Role
from cdi.rules.loader import Strict, read_document, validate

Words = tuple[str, ...]


class RoleWords(Strict):
    """How feeds name the authors of one role."""

    role: Role
    words: Words = ()
    symbols: Words = ()
    endings: Words = ()
    nucc: Words = ()


class DocumentType(Strict):
    """A kind of document and whose it usually is.

    Attributes:
        title: its name, used where the feed gives none.
        role: the author's role where nothing else tells it.
        always: the role holds whoever signed.
        consult: written by consultants.
        attending: signed by the attending.
    """

    title: str
    loinc: Words = ()
    table_0270: Words = ()
    words: Words = ()
    role: Role
    always: bool = False
    consult: bool = False
    attending: bool = False


class AuthorFile(Strict):
    """The whole file."""

    roles: tuple[RoleWords, ...] = Field(min_length=1)
    documents: tuple[DocumentType, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a document as the feed tells it.

    Attributes:
        id: the same for all documents of one person; empty if there is none.
        name: the person.
        words: role, qualification and specialty, each as written ("MD", "Cardiology").
        codes: NUCC taxonomy codes.
    """

    id: str = ""
    name: str = ""
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def specialty(self) -> str:
        """Role, qualification and specialty on one line."""
        return ", ".join(dict.fromkeys(self.words))


class Authors:
    """Tells roles and kinds of documents by the words and codes of a feed.

    Args:
        roles: in the order in which they are tried.
        documents: kinds of documents; the first that fits counts.
    """

    def __init__(self, roles: Sequence[RoleWords], documents: Sequence[DocumentType]) -> None:
        self._roles = [(entry, _pattern(entry)) for entry in roles]
        self._documents = [
            (entry, re.compile(_any_of(entry.words), re.IGNORECASE) if entry.words else None)
            for entry in documents
        ]
        self._by_code = {
            code: entry for entry in documents for code in (*entry.loinc, *entry.table_0270)
        }

    def role_of(self, author: Author, kind: DocumentType | None, title: str) -> Role | None:
        """Return the role in which a document was written, or None if nothing tells it.

        Reports of imaging and pathology are such whoever signed; else the author's own words
        count, then the title ("Nutrition assessment"), then what such documents usually are.
        """
        if kind is not None and kind.always:
            return kind.role
        role = self._by_words(author.words, author.codes) or self._by_words((title,), ())
        return role or (kind.role if kind is not None else None)

    def document_type(self, codes: Iterable[str], title: str) -> DocumentType | None:
        """Return the kind of a document by its codes, else by its title."""
        for code in codes:
            if code in self._by_code:
                return self._by_code[code]
        fitting = (entry for entry, words in self._documents if words and words.search(title))
        return next(fitting, None)

    def _by_words(self, words: Iterable[str], codes: Sequence[str]) -> Role | None:
        text = "\n".join(words)
        for entry, pattern in self._roles:
            if pattern.search(text) or any(code.startswith(entry.nucc) for code in codes):
                return entry.role
        return None


@lru_cache(maxsize=4)
def load_author_file(path: Path) -> AuthorFile:
    """Read ``authors.yaml``.

    Raises:
        RuleError: the file is wrong; the message names file, line and key.
    """
    return validate(AuthorFile, read_document(path))


def _pattern(entry: RoleWords) -> re.Pattern[str]:
    parts = []
    if entry.words:
        parts.append(f"(?i:{_any_of(entry.words)})")
    if entry.symbols:
        parts.append(_any_of(entry.symbols))
    if entry.endings:
        endings = "|".join(map(re.escape, entry.endings))
        parts.append(rf"(?i:[a-z](?:{endings})\b)")
    return re.compile("|".join(parts) or r"(?!)")


def _any_of(words: Words) -> str:
    alternatives = "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in words)
    return rf"(?<![A-Za-z-])(?:{alternatives})(?![A-Za-z-])"
