"""Lines that speak of the lines below them: "Denies:" above a list, a list broken by a comma."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from cdi.domain.reading import Sentence
from cdi.nlp.gate import HitColumns
from cdi.nlp.loops.kinds import Codes
from cdi.nlp.scopes import Question, Scope, ScopeFinder, Scopes

_BULLET = re.compile(r"[ \t]*(?:[-*+\u00b7\u2022\u25aa\u25cf\u2013]|\(?\w{1,2}[.)])[ \t]*\S")
# What may stand before the title of an item: "5. Prophylaxis.", "Problem #6: GI prophylaxis."
_NUMBER = r"[ \t]*(?:(?:problem|issue)[ \t]*)?(?:(?:[-*+#\u2022]|#?\(?\w{1,2}[.:)])[ \t]*)?"
_REASON = re.compile(r"\bfor\b")
_BETWEEN_TITLE_WORDS = r"(?:[ \t]*(?:/|and|&)[ \t]*|[ \t]+)"
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_BROKEN = re.compile(r"(?:,|\b(?:and|or|nor))\Z")
# A line without a bullet is an item of a list below a colon if it has no more words than this.
_ITEM_WORDS = 8
# "Denies the following symptoms:" - the words a cue may have between itself and its colon.
_WORDS_TO_COLON = 8
_MOST_ITEMS = 100
_OPEN_ENDS = ":,rd"  # of sentences that may go on: a colon, a comma, "or", "and"


class LeadInFinder:
    """Finds the cues that carry over to later sentences of a note.

    Args:
        scopes: of the cues.
        title_words: what may stand between the number of an item and a cue that is its title.
    """

    def __init__(self, scopes: ScopeFinder, title_words: Sequence[str]) -> None:
        self._scopes = scopes
        words = "|".join(re.escape(word).replace(r"\ ", "[ -]?") for word in title_words)
        self._title = re.compile(rf"{_NUMBER}(?:(?:{words or '(?!)'}){_BETWEEN_TITLE_WORDS})*")

    def find(
        self,
        text: str,
        codes: Codes,
        sentences: Sequence[Sentence],
        hits: HitColumns,
        headings: Collection[int] = (),
    ) -> Mapping[int, list[Scope]]:
        """Return the scopes that reach into each sentence from above, by number of sentence.

        Args:
            text: the note in lower case.
            codes: its code points.
            sentences: of the note, in order.
            hits: of the cues in the note, in reading order.
            headings: where headings begin whose section says all they have to say.
        """
        going_on = list(self._going_on(text, sentences, hits, headings))
        questions = [Question(*sentences[number][:2]) for number, _, _ in going_on]
        opened = self._scopes.find(text, codes, hits, questions)
        carried: dict[int, list[Scope]] = {}
        for (number, below, joins), question, scopes in zip(
            going_on, questions, opened, strict=True
        ):
            above = carried.get(number) if joins else None
            if above:
                asked = question._replace(carried=above)
                (scopes,) = self._scopes.find(text, codes, hits, [asked])
            left = _open_to_the_end(text, question, scopes)
            for item in below if left else ():
                # The nearest of each category is enough.
                nearest = {s.category: s for s in (*carried.get(item, ()), *left)}
                carried[item] = list(nearest.values())
        return carried

    def _going_on(
        self,
        text: str,
        sentences: Sequence[Sentence],
        hits: HitColumns,
        headings: Collection[int],
    ) -> Iterator[tuple[int, Iterator[int], bool]]:
        """Yield the sentences whose cues may carry over, to which sentences, and if it is joined.

        What is joined to the next line takes to it what was carried into itself.
        """
        hit_ends = set(hits.columns[2].tolist())
        for number, (start, end, _) in enumerate(sentences):
            last = text[end - 1]
            if (last not in _OPEN_ENDS and end not in hit_ends) or start in headings:
                continue
            if last == ":":
                yield number, _list_below(text, sentences, number), False
            elif end in hit_ends and last == ".":
                if self._title.fullmatch(text, start, _first_start(hits, start, end)):
                    yield number, _reasons_behind(text, sentences, number), False
            elif end in hit_ends:
                # "She denies" above bullets; but "Asthma - no" above the next line of a table.
                if not _BULLET.match(text, start, end):
                    yield number, _list_below(text, sentences, number, bulleted=True), False
            elif _BROKEN.search(text, max(start, end - 4), end):
                yield number, _next_line(text, sentences, number), True


def _open_to_the_end(text: str, question: Question, scopes: Scopes) -> list[Scope]:
    """Return the list scopes of a sentence that nothing ends before its last word."""
    end = question.end
    words_end = end - 1 if text[end - 1] == ":" else end
    return [
        scope
        for scope in scopes.forward
        if scope.lists
        and scope.end >= words_end
        and (words_end == end or len(text[scope.start : end].split()) <= _WORDS_TO_COLON)
    ]


def _first_start(hits: HitColumns, start: int, end: int) -> int:
    """Return where the first hit of a sentence begins that ends with it; its end if none does."""
    _, starts, ends = hits.columns
    starts = starts[(ends == end) & (starts >= start)]
    return int(starts.min()) if len(starts) else end


def _reasons_behind(text: str, sentences: Sequence[Sentence], number: int) -> Iterator[int]:
    """Yield the sentences behind a title on its line, as long as each tells what a drug is for."""
    for item in range(number + 1, len(sentences)):
        start, end, _ = sentences[item]
        if "\n" in text[sentences[item - 1].end : start] or not _REASON.search(text, start, end):
            return
        yield item


def _next_line(text: str, sentences: Sequence[Sentence], number: int) -> Iterator[int]:
    """Yield the next sentence if it is the next line: a list broken at a comma runs on there."""
    if number + 1 < len(sentences):
        gap = text[sentences[number].end : sentences[number + 1].start]
        if "\n" in gap and not _BLANK_LINE.search(gap):
            yield number + 1


def _list_below(
    text: str, sentences: Sequence[Sentence], number: int, bulleted: bool | None = None
) -> Iterator[int]:
    """Yield the first sentence of each item of the list below a line.

    All items have bullets or none has, as ``bulleted`` or the first item tells.
    """
    for item in range(number + 1, min(len(sentences), number + 1 + _MOST_ITEMS)):
        previous_end = sentences[item - 1].end
        start, end, _ = sentences[item]
        gap = text[previous_end:start]
        if "\n" not in gap:
            continue  # a further sentence of an item speaks for itself
        has_bullet = _BULLET.match(text, previous_end + gap.rindex("\n") + 1, end) is not None
        if bulleted is None:
            bulleted = has_bullet
        plain_item = not has_bullet and len(text[start:end].split()) <= _ITEM_WORDS
        if has_bullet != bulleted or not (has_bullet or plain_item):
            return
        if (not has_bullet and _BLANK_LINE.search(gap)) or ":" in text[end - 1 : end]:
            return
        yield item
