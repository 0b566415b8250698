"""Codes for words: scispaCy's candidate generator over the terms of ICD-10-CM.

The generator compares character 3-grams, weighted by how rare they are. For its neighbours it is
given an exact search instead of an approximate one: over some forty thousand terms that is one
product of sparse matrices, and needs no index that takes hours to build and a place to keep it.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cdi.domain.coding import CodeProposal
from cdi.errors import ResourceNotFound

# Neighbours looked at for each proposal wanted: several terms may belong to one code.
_NEIGHBOURS = 6
# Below this, the terms share little more than word endings.
_LEAST = 0.45


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
    """

    def __init__(self, path: Path, terms: Iterable[tuple[str, str]] = ()) -> None:
        entries = _with_terms(read_codes(path), terms)
        self._titles = {entry.code: entry.title for entry in entries}
        self._generator = _make_generator(entries)

    def propose(self, words: str, limit: int = 5) -> tuple[CodeProposal, ...]:
        """Return codes whose terms are like the words, best first; empty if none is."""
        text = " ".join(words.lower().split())
        if not text:
            return ()
        (candidates,) = self._generator([text], limit * _NEIGHBOURS)
        proposals = [self._proposal(candidate) for candidate in candidates]
        proposals = [proposal for proposal in proposals if proposal.score >= _LEAST]
        proposals.sort(key=lambda proposal: (-proposal.score, len(proposal.title), proposal.code))
        return tuple(proposals[:limit])

    def title(self, code: str) -> str:
        """Return the title of a code, "" if there is no such code."""
        return self._titles.get(code, "")

    def _proposal(self, candidate: Any) -> CodeProposal:
        pairs = zip(candidate.similarities, candidate.aliases, strict=True)
        score, term = max(pairs)
        code = str(candidate.concept_id)
        return CodeProposal(code, self._titles[code], round(float(score), 4), str(term))


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
        nearest = (-similar).argsort(axis=1, kind="stable")[:, :k]
        return [(places, 1.0 - row[places]) for row, places in zip(similar, nearest, strict=True)]


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
