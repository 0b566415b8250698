"""Codes for words: scispaCy's candidate generator over the terms of ICD-10-CM.

The generator compares character 3-grams, weighted by how rare they are. For its neighbours it is
given an exact search instead of an approximate one: over some forty thousand terms that is one
product of sparse matrices, and needs no index that takes hours to build and a place to keep it.

Physicians write short ("ATN", "systolic, acute on chronic"): short forms are written out first
(``models/codes/short_forms.yaml``), and what was asked about may complete the words. What the
generator finds is ranked anew by the words it shares: letters alone prefer the longer of two terms.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cdi.domain.coding import CodeProposal
from cdi.errors import ResourceNotFound

# Neighbours looked at: several terms may belong to one code, and words may order them anew.
_NEIGHBOURS = 60
# Below this, the terms share little more than word endings.
_LEAST = 0.45
# How much of a score is shared words, the rest is shared letters.
_WORDS = 0.45
_STEM = 6
_CODE_BEGINS = re.compile(r"[a-z]\d[0-9a-z]?\.?[0-9a-z]{0,4}")
_WORD = re.compile(r"[a-z0-9]+")
_NOTHING = "(?!)"
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """a an and as by due for from in of on or other secondary
                             the to with""",
    )
)
# Of newborns, whom no query is about (general rule on age).
_NEWBORN = "P"


class CodeEntry(NamedTuple):
    """A code that may be reported, its title and further terms."""

    code: str
    title: str
    terms: tuple[str, ...]


def read_codes(path: Path) -> Iterator[CodeEntry]:
    """Yield the entries of a list of codes (``models/codes/icd10cm.tsv.gz``).

    Raises:
        ResourceNotFound: there is no such file.
    """
    try:
        text = gzip.decompress(path.read_bytes()).decode()
    except FileNotFoundError:
        raise ResourceNotFound(f"{path}: there is no list of codes") from None
    for line in text.splitlines():
        code, title, *terms = line.split("\t")
        yield CodeEntry(code, title, tuple(terms))


class CodeIndex:
    """Proposes codes for words; takes seconds to make and may be used by several threads.

    Args:
        path: the list of codes.
        terms: further pairs of code and term, for words of clinicians that the list lacks ("acute
            blood loss anemia"); those of unknown codes are passed over.
        short_forms: what is written short, in small letters, and what stands for it in the list.
    """

    def __init__(
        self,
        path: Path,
        terms: Iterable[tuple[str, str]] = (),
        short_forms: Mapping[str, str] | None = None,
    ) -> None:
        entries = _with_terms(read_codes(path), terms)
        self._titles = {entry.code: entry.title for entry in entries}
        self._entries = [
            (entry.code, f" {' '.join((entry.title, *entry.terms)).lower()}") for entry in entries
        ]
        self._generator = _make_generator(entries)
        self._long_forms = short_forms or {}
        longest_first = map(re.escape, sorted(self._long_forms, key=len, reverse=True))
        self._short = re.compile(rf"\b(?:{'|'.join(longest_first) or _NOTHING})\b")

    def propose(self, words: str, limit: int = 5, about: str = "") -> tuple[CodeProposal, ...]:
        """Return codes whose terms are like the words, best first; empty if none is.

        Args:
            words: a diagnosis in anybody's words.
            limit: how many at most.
            about: what was asked about ("heart failure"): completes words that only specify.
        """
        texts = list(dict.fromkeys(self._wordings(words, about)))
        if not texts:
            return ()
        best: dict[str, CodeProposal] = {}
        for text, candidates in zip(texts, self._generator(texts, _NEIGHBOURS), strict=True):
            for candidate in candidates:
                proposal = self._proposal(text, candidate)
                known = best.get(proposal.code)
                if known is None or proposal.score > known.score:
                    best[proposal.code] = proposal
        proposals = [p for p in best.values() if p.score >= _LEAST and p.code[0] != _NEWBORN]
        proposals.sort(key=lambda proposal: (-proposal.score, len(proposal.title), proposal.code))
        return tuple(proposals[:limit])

    def _wordings(self, words: str, about: str) -> Iterator[str]:
        """Yield the words as written, with short forms written out, and with what was asked."""
        text = " ".join(words.lower().replace(".", " ").split())
        if not text:
            return
        yield text
        full = self._write_out(text)
        yield full
        if about:
            subject = self._write_out(about.lower())
            if not _stems(subject) & _stems(full):
                yield f"{full} {subject}"

    def _write_out(self, text: str) -> str:
        return self._short.sub(lambda found: self._long_forms[found[0]], text)

    def search(self, typed: str, limit: int = 12) -> tuple[CodeProposal, ...]:
        """Return codes for the beginning of a code or of words, as somebody types them.

        A code matches by how it begins, with or without its dot. Words match titles and terms that
        have a word beginning with each of them; the shortest titles come first, then what is like
        the words.
        """
        text = " ".join(typed.lower().split())
        if len(text) < 2:
            return ()
        if _CODE_BEGINS.fullmatch(text):
            bare = text.replace(".", "").upper()
            codes = sorted(code for code in self._titles if code.replace(".", "").startswith(bare))
            return tuple(self._found(code, typed) for code in codes[:limit])
        wanted = [f" {word}" for word in self._write_out(text).split()]
        entries = self._entries
        for word in sorted(wanted, key=len, reverse=True):
            entries = [entry for entry in entries if word in entry[1]]
        codes = [code for code, _ in entries]
        codes.sort(key=lambda code: (len(self._titles[code]), code))
        found = {code: self._found(code, text) for code in codes[:limit]}
        for like in self.propose(text, limit) if len(found) < limit else ():
            found.setdefault(like.code, like)
        return tuple(found.values())[:limit]

    def title(self, code: str) -> str:
        """Return the title of a code, "" if there is no such code."""
        return self._titles.get(code, "")

    def _found(self, code: str, typed: str) -> CodeProposal:
        return CodeProposal(code, self._titles[code], 1.0, typed.strip())

    def _proposal(self, text: str, candidate: Any) -> CodeProposal:
        pairs = zip(candidate.similarities, candidate.aliases, strict=True)
        score, term = max(
            ((1 - _WORDS) * letters + _WORDS * _shared(text, alias), alias)
            for letters, alias in pairs
        )
        code = str(candidate.concept_id)
        return CodeProposal(code, self._titles[code], round(float(score), 4), str(term))


# Whoever types goes on seeing the same terms.
@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    """Return the words of a text that mean something, cut so that "sacrum" is like "sacral"."""
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower())) - _EMPTY


def _shared(text: str, term: str) -> float:
    """Return how alike two texts are in their words, from 0 to 1 (Dice coefficient)."""
    ours, theirs = _stems(text), _stems(term)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _with_terms(entries: Iterable[CodeEntry], terms: Iterable[tuple[str, str]]) -> list[CodeEntry]:
    further: dict[str, list[str]] = defaultdict(list)
    for code, term in terms:
        further[code].append(term)
    return [
        entry._replace(terms=(*entry.terms, *further[entry.code]))
        if entry.code in further
        else entry
        for entry in entries
    ]


class _ExactSearch:
    """The nearest of all terms, by cosine; asked as the generator asks its index."""

    def __init__(self, terms: Any) -> None:
        self._terms = terms.T.tocsr()

    def knnQueryBatch(self, vectors: Any, k: int) -> list[tuple[Any, Any]]:  # noqa: N802
        """Return for each vector the places of the nearest terms and their distances."""
        similar = (vectors @ self._terms).toarray()
        return [(places, 1.0 - row[places]) for row in similar for places in (_largest(row, k),)]


def _largest(values: Any, k: int) -> Any:
    """Return the places of the largest values, the largest first; of equal ones the first."""
    least = np.partition(values, -k)[-k] if k < len(values) else -np.inf
    places = np.flatnonzero(values >= least)
    return places[np.argsort(-values[places], kind="stable")][:k]


def _make_generator(entries: list[CodeEntry]) -> Any:
    """Return scispaCy's generator; imported here, for it takes seconds that few commands need."""
    from scispacy.candidate_generation import CandidateGenerator
    from scispacy.linking_utils import Entity, KnowledgeBase
    from sklearn.feature_extraction.text import TfidfVectorizer

    knowledge = KnowledgeBase(
        Entity(entry.code, entry.title.lower(), [term.lower() for term in entry.terms])
        for entry in entries
    )
    terms = sorted(knowledge.alias_to_cuis)
    # The settings of scispaCy's own indexes.
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=1)
    search = _ExactSearch(vectorizer.fit_transform(terms))
    return CandidateGenerator(search, vectorizer, terms, knowledge)
