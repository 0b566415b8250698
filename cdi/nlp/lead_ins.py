"""Lines that speak of the lines below them: "Denies:" above a list, a list broken by a comma."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from cdi.domain.reading import Sentence
from cdi.nlp.gate import Hit
from cdi.nlp.scopes import Scope, ScopeFinder

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
        sentences: Sequence[Sentence],
        hits: Sequence[Hit],
        hit_starts: Sequence[int],
        headings: Collection[int] = (),
    ) -> Mapping[int, list[Scope]]:
        """Return the scopes that reach into each sentence from above, by number of sentence.

        Args:
            text: the note in lower case.
            sentences: of the note, in order.
            hits: of the cues in the note, in reading order.
            hit_starts: where each of ``hits`` begins.
            headings: where headings begin whose section says all they have to say.
        """
        carried: dict[int, list[Scope]] = {}
        hit_ends = {hit.end for hit in hits}
        going_on = [
            number
            for number, (_, end, _) in enumerate(sentences)
            if text[end - 1] in _OPEN_ENDS or end in hit_ends
        ]
        for number in going_on:
            start, end, _ = sentences[number]
            low, high = bisect_left(hit_starts, start), bisect_left(hit_starts, end)
            above: Sequence[Scope] = ()
            if start in headings:
                continue
            if text[end - 1] == ":":
                below = _list_below(text, sentences, number)
            elif end in hit_ends and text[end - 1] == ".":
                first = min((hit.start for hit in hits[low:high] if hit.end == end), default=end)
                if not self._title.fullmatch(text, start, first):
                    continue
                below = _reasons_behind(text, sentences, number)
            elif end in hit_ends:
                # "She denies" above bullets; but "Asthma - no" above the next line of a table.
                if _BULLET.match(text, start, end):
                    continue
                below = _list_below(text, sentences, number, bulleted=True)
            elif _BROKEN.search(text, max(start, end - 4), end):
                below = _next_line(text, sentences, number)
                above = carried.get(number, ())
            else:
                continue
            if low < high or above:
                scopes = self._open(text, start, end, hits[low:high], above)
                for item in below if scopes else ():
                    # The nearest of each category is enough.
                    nearest = {s.category: s for s in (*carried.get(item, ()), *scopes)}
                    carried[item] = list(nearest.values())
        return carried

    def _open(
        self, text: str, start: int, end: int, hits: Sequence[Hit], above: Sequence[Scope]
    ) -> list[Scope]:
        """Return the list scopes of a sentence that nothing ends before its last word."""
        words_end = end - 1 if text[end - 1] == ":" else end
        return [
            scope
            for scope in self._scopes.find(text, start, end, hits, carried=above).forward
            if scope.lists
            and scope.end >= words_end
            and (words_end == end or len(text[scope.start : end].split()) <= _WORDS_TO_COLON)
        ]


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
