"""Which scopes reach which mentions of a sentence, in one walk from either side."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cdi.nlp.scopes import MAX_REACH, Scope, Span
from cdi.rules.cue_schema import Category

_FAR = 1 << 62
_PUNCTUATION = " \t\r\n-,:;()"


def reach_forward(
    text: str,
    scopes: Sequence[Scope],
    targets: Sequence[Span],
    names: Collection[Span],
    reaching: list[list[Scope]],
) -> None:
    """Add to each target the nearest scope of each category before it that reaches it.

    A cue inside one of ``names`` speaks of nothing outside it, and one that reaches a name
    reaches what stands inside it: with the diabetic foot ulcer goes the diabetes. A cue that ends
    inside a target speaks of it: "never had" of "had a seizure".
    """
    open_scopes: dict[Category, list[Scope]] = {}
    reached: dict[Category, tuple[int, Scope]] = {}  # where the last name ends that was reached
    waiting = 0
    longest = (-1, -1)  # of the names seen so far, the one that ends last
    for start, end, place in sorted((s, e, i) for i, (s, e) in enumerate(targets)):
        while waiting < len(scopes) and _begins(scopes[waiting], start, end):
            scope = scopes[waiting]
            waiting += 1
            if longest[0] <= scope.cue_start and scope.cue_end <= longest[1]:
                # A word of a mention ("no-reflow") speaks of nothing outside it.
                scope = scope._replace(end=min(scope.end, longest[1]))
            open_scopes.setdefault(scope.category, []).append(scope)
        naming = (start, end) in names
        for category, stack in open_scopes.items():
            # A scope that does not reach this target reaches none of those behind it either.
            while stack and not (
                start < stack[-1].end and _near(text, stack[-1], stack[-1].start, start)
            ):
                stack.pop()
            # One that spoke of a target it ends in does not speak of the words of its own cue.
            nearest = next((scope for scope in reversed(stack) if _begins(scope, start, end)), None)
            if nearest is not None:
                reaching[place].append(nearest)
                if naming and end > reached.get(category, (-1,))[0]:
                    reached[category] = end, nearest
            elif category in reached and end <= reached[category][0]:
                reaching[place].append(reached[category][1])
        if naming:
            longest = max(longest, (start, end), key=_end)


def reach_backward(
    text: str,
    scopes: Sequence[Scope],
    targets: Sequence[Span],
    names: Collection[Span],
    reaching: list[list[Scope]],
) -> None:
    """Add to each target the nearest scope of each category behind it that reaches it."""
    open_scopes: dict[Category, list[Scope]] = {}
    reached: dict[Category, tuple[int, Scope]] = {}  # where the last name begins that was reached
    waiting = len(scopes) - 1
    longest = (_FAR, _FAR)  # of the names seen so far, the one that begins first
    for end, start, place in sorted(((e, s, i) for i, (s, e) in enumerate(targets)), reverse=True):
        while waiting >= 0 and scopes[waiting].end >= end:
            scope = scopes[waiting]
            waiting -= 1
            if longest[0] <= scope.cue_start and scope.cue_end <= longest[1]:
                scope = scope._replace(start=max(scope.start, longest[0]))
            open_scopes.setdefault(scope.category, []).append(scope)
        naming = (start, end) in names
        for category, stack in open_scopes.items():
            while stack and not (
                end > stack[-1].start and _near(text, stack[-1], end, stack[-1].end)
            ):
                stack.pop()
            if stack:
                reaching[place].append(stack[-1])
                if naming and start < reached.get(category, (_FAR,))[0]:
                    reached[category] = start, stack[-1]
            elif category in reached and start >= reached[category][0]:
                reaching[place].append(reached[category][1])
        if naming:
            longest = min(longest, (start, end))


def _begins(scope: Scope, start: int, end: int) -> bool:
    """Tell whether a forward scope begins before a target, or its cue does and ends inside it."""
    return scope.start <= start or (scope.cue_start < start < scope.cue_end < end)


def _end(span: Span) -> int:
    return span[1]


def _near(text: str, scope: Scope, start: int, end: int) -> bool:
    """Tell whether no more words stand in between than the cue allows."""
    if scope.within >= MAX_REACH:
        return True
    if text.startswith("/", start):  # "DVT/PE prophylaxis": one word, as it is written
        start = min(end, start + len(text[start:end].partition(" ")[0]))
    return len(text[start:end].strip(_PUNCTUATION).split()) <= scope.within
