"""The sentence language of rules: ``documented and not (type and acuity)``.

Grammar, loosest binding first::

    sentence   = term { "or" term }
    term       = factor { "and" factor }
    factor     = "not" factor | "(" sentence ")" | quorum | comparison
    quorum     = NUMBER "of" "(" sentence { "," sentence } ")" [ "within" NUMBER ( "h" | "d" ) ]
    comparison = NAME [ "is" value | "in" "(" value { "," value } ")" ]
    value      = word | "'" any text "'"

A name is a term group, axis, indicator or fact of the same rule file, or ``condition.name`` of
another. A sentence is parsed once when its file is read and walked afterwards; nothing is
ever handed to Python's ``eval``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn, Protocol

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)"
    r"|(?P<text>'[^']*')|(?P<mark>[(),]))"
)
_WORDS = frozenset({"and", "or", "not", "of", "is", "in", "within"})
_HOURS = {"h": 1, "d": 24}


class ExpressionError(ValueError):
    """A sentence that does not follow the grammar; says where and what was expected."""


class World(Protocol):
    """What a sentence is judged against."""

    def holds(self, name: str) -> bool:
        """Tell whether a name is true."""

    def values(self, name: str) -> frozenset[str]:
        """Return the values an axis has."""

    def together(self, parts: tuple[tuple[str, ...], ...], count: int, hours: int) -> bool:
        """Tell whether so many of the groups of names have evidence within so many hours."""


@dataclass(frozen=True, slots=True)
class Name:
    """True if the name holds."""

    name: str

    def holds(self, world: World) -> bool:
        """Judge this part."""
        return world.holds(self.name)


@dataclass(frozen=True, slots=True)
class Comparison:
    """True if an axis has one of the values."""

    name: str
    values: frozenset[str]

    def holds(self, world: World) -> bool:
        """Judge this part."""
        return not self.values.isdisjoint(world.values(self.name))


@dataclass(frozen=True, slots=True)
class Not:
    """True if the part is false."""

    part: Node

    def holds(self, world: World) -> bool:
        """Judge this part."""
        return not self.part.holds(world)


@dataclass(frozen=True, slots=True)
class And:
    """True if all parts are."""

    parts: tuple[Node, ...]

    def holds(self, world: World) -> bool:
        """Judge this part."""
        for part in self.parts:  # noqa: SIM110  all() takes twice the time
            if not part.holds(world):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Or:
    """True if one part is."""

    parts: tuple[Node, ...]

    def holds(self, world: World) -> bool:
        """Judge this part."""
        for part in self.parts:  # noqa: SIM110  any() takes twice the time
            if part.holds(world):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Quorum:
    """True if at least ``count`` parts are; with ``hours`` all within so many of each other."""

    count: int
    parts: tuple[Node, ...]
    hours: int | None = None

    def holds(self, world: World) -> bool:
        """Judge this part."""
        holding = [part for part in self.parts if part.holds(world)]
        if len(holding) < self.count or self.hours is None:
            return len(holding) >= self.count
        names = tuple(tuple(name for name, positive in walk(part) if positive) for part in holding)
        return world.together(names, self.count, self.hours)


Node = Name | Comparison | Not | And | Or | Quorum


@dataclass(frozen=True, slots=True)
class Sentence:
    """A parsed sentence and its source text."""

    text: str
    root: Node

    def holds(self, world: World) -> bool:
        """Judge the sentence; parts that cannot change the answer are not looked at."""
        return self.root.holds(world)

    def names(self) -> tuple[str, ...]:
        """Return every name used, in order of first use."""
        return tuple(dict.fromkeys(name for name, _ in walk(self.root)))

    def affirmed(self) -> tuple[str, ...]:
        """Return the names whose truth speaks for the sentence: those under no "not"."""
        return tuple(dict.fromkeys(name for name, positive in walk(self.root) if positive))

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the axis comparisons, so that their values can be checked."""
        return tuple(_comparisons(self.root))


def walk(node: Node, positive: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield each name below a node and whether it stands under an even number of "not"."""
    if isinstance(node, Name | Comparison):
        yield node.name, positive
    elif isinstance(node, Not):
        yield from walk(node.part, not positive)
    else:
        for part in node.parts:
            yield from walk(part, positive)


def _comparisons(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Not):
        yield from _comparisons(node.part)
    elif not isinstance(node, Name):
        for part in node.parts:
            yield from _comparisons(part)


def parse(text: str) -> Sentence:
    """Parse a sentence.

    Raises:
        ExpressionError: with the position and what was expected there.
    """
    return Sentence(" ".join(text.split()), _Parser(text).parse())


class _Parser:
    """Recursive descent over the tokens of one sentence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._read(text))
        self._at = 0

    def _read(self, text: str) -> Iterator[tuple[str, str, int]]:
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                raise ExpressionError(f"unexpected {text[at]!r} at column {at + 1}")
            kind = match.lastgroup or ""
            yield kind, match.group(kind), match.start(kind)
            at = match.end()

    def parse(self) -> Node:
        if not self._tokens:
            raise ExpressionError("the sentence is empty")
        node = self._or()
        if self._at < len(self._tokens):
            self._fail("'and', 'or' or the end")
        return node

    def _or(self) -> Node:
        return self._chain("or", self._and, Or)

    def _and(self) -> Node:
        return self._chain("and", self._factor, And)

    def _chain(
        self, word: str, part: Callable[[], Node], join: Callable[[tuple[Node, ...]], Node]
    ) -> Node:
        parts = [part()]
        while self._accept(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def _factor(self) -> Node:
        if self._accept("not"):
            return Not(self._factor())
        if self._accept("("):
            node = self._or()
            self._expect(")")
            return node
        kind, token, _ = self._peek()
        if kind == "number":
            return self._quorum()
        if kind != "name" or token in _WORDS:
            self._fail("a name, 'not', '(' or a number")
        self._at += 1
        return self._comparison(token)

    def _quorum(self) -> Node:
        count = int(self._peek()[1])
        self._at += 1
        self._expect("of")
        self._expect("(")
        parts = [self._or()]
        while self._accept(","):
            parts.append(self._or())
        self._expect(")")
        if not 1 <= count <= len(parts):
            raise ExpressionError(f"{count} of {len(parts)} can never decide anything")
        return Quorum(count, tuple(parts), self._window() if self._accept("within") else None)

    def _window(self) -> int:
        kind, number, _ = self._peek()
        if kind != "number":
            self._fail("a number of hours or days")
        self._at += 1
        unit = self._peek()[1]
        if unit not in _HOURS:
            self._fail("'h' or 'd'")
        self._at += 1
        return int(number) * _HOURS[unit]

    def _comparison(self, name: str) -> Node:
        if self._accept("is"):
            return Comparison(name, frozenset({self._value()}))
        if self._accept("in"):
            self._expect("(")
            values = {self._value()}
            while self._accept(","):
                values.add(self._value())
            self._expect(")")
            return Comparison(name, frozenset(values))
        return Name(name)

    def _value(self) -> str:
        kind, token, _ = self._peek()
        if kind not in {"name", "text", "number"} or token in _WORDS:
            self._fail("a value")
        self._at += 1
        return token.strip("'")

    def _peek(self) -> tuple[str, str, int]:
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return "end", "", len(self._text)

    def _accept(self, token: str) -> bool:
        found = self._peek()[1] == token and self._peek()[0] in {"name", "mark"}
        self._at += found
        return found

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            self._fail(f"'{token}'")

    def _fail(self, expected: str) -> NoReturn:
        kind, token, at = self._peek()
        found = "the sentence ends" if kind == "end" else f"{token!r} stands at column {at + 1}"
        raise ExpressionError(f"expected {expected}, but {found}")
