"""Word lists that several conditions share: drugs, signs, studies, link words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cdi.errors import RuleError
from cdi.rules.loader import did_you_mean, read_document

Vocabulary = Mapping[str, tuple[str, ...]]


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read every list in ``models/vocabulary``: a mapping of list name to phrases.

    Raises:
        RuleError: a file is wrong, or a list is defined twice.
    """
    lists: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_document(path)
        for name, phrases in document.data.items():
            if name in lists:
                raise document.error(f"the list `{name}` is defined in another file too", [name])
            if not isinstance(phrases, list) or not all(isinstance(p, str) for p in phrases):
                raise document.error("expected a list of phrases", [name])
            lists[name] = tuple(phrases)
    return {name: take_in(phrases, lists) for name, phrases in lists.items()}


def take_in(phrases: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Replace each ``@name`` by the phrases of that list.

    Raises:
        RuleError: there is no such list.
    """
    result: list[str] = []
    for phrase in phrases:
        if not phrase.startswith("@"):
            result.append(phrase)
        elif phrase[1:] in vocabulary:
            result.extend(take_in(vocabulary[phrase[1:]], vocabulary))
        else:
            hint = did_you_mean(phrase[1:], vocabulary)
            raise RuleError(f"there is no list `{phrase}` in models/vocabulary{hint}")
    return tuple(dict.fromkeys(result))
