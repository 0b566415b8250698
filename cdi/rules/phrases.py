"""The short hand of phrases: ``(acute|chronic|) renal failure`` stands for three of them."""

from __future__ import annotations

# More than any sensible phrase; a runaway product of alternatives is a mistake of the author.
MOST_WORDINGS = 5_000


def expand(phrase: str) -> tuple[str, ...]:
    """Return every wording of a phrase, in the order written and each once.

    ``(a|b|)`` offers alternatives, of which one may be empty; groups may stand inside groups. A
    group without ``|`` is plain text, so that "(+)" means itself. Runs of blanks become one, so
    that an empty alternative leaves no double blank behind.

    Raises:
        ValueError: a parenthesis is not closed or not opened, a ``|`` stands outside any
            parentheses, a wording is empty, or there are too many of them.
    """
    wordings, at = _alternatives(phrase, 0, inside=False)
    if at < len(phrase):
        raise ValueError(f"`)` without `(` in `{phrase}`")
    cleaned = dict.fromkeys(" ".join(wording.split()) for wording in wordings)
    if "" in cleaned:
        raise ValueError(f"`{phrase}` may be empty" if phrase.strip() else "the phrase is empty")
    return tuple(cleaned)


def _alternatives(phrase: str, at: int, *, inside: bool) -> tuple[list[str], int]:
    """Read up to the end or the closing parenthesis; return the wordings and where it stopped."""
    finished: list[str] = []
    current = [""]
    split = False
    while at < len(phrase) and phrase[at] != ")":
        if phrase[at] == "(":
            group, at = _alternatives(phrase, at + 1, inside=True)
            current = [left + right for left in current for right in group]
        elif phrase[at] == "|":
            if not inside:
                raise ValueError(f"`|` outside of parentheses in `{phrase}`")
            finished += current
            current, split = [""], True
            at += 1
        else:
            end = _next_sign(phrase, at)
            current = [left + phrase[at:end] for left in current]
            at = end
        if len(finished) + len(current) > MOST_WORDINGS:
            raise ValueError(f"`{phrase[:60]}` stands for more than {MOST_WORDINGS} wordings")
    if not inside:
        return current, at
    if at == len(phrase):
        raise ValueError(f"`(` without `)` in `{phrase}`")
    finished += current
    return (finished if split else [f"({wording})" for wording in finished]), at + 1


def _next_sign(phrase: str, at: int) -> int:
    while at < len(phrase) and phrase[at] not in "(|)":
        at += 1
    return at
