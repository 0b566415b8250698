"""Short forms with several meanings and what decides between them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from cdi.rules.loader import Strict, read_document, validate


class Sense(Strict):
    """One meaning of a short form."""

    means: str
    condition: str | None = Field(None, description="The condition this meaning names, if any.")
    near: tuple[str, ...] = Field((), description="Words beside it that speak for this meaning.")
    sections: tuple[str, ...] = Field((), description="Section kinds that speak for it.")


class AbbreviationPack(Strict):
    """Short form -> its meanings; without any sign of another, the first stands."""

    abbreviations: Mapping[str, tuple[Sense, ...]] = Field(default_factory=dict)


def load_abbreviations(path: Path) -> AbbreviationPack:
    """Read ``models/language/abbreviations.yaml``.

    Raises:
        RuleError: the file is wrong.
    """
    return validate(AbbreviationPack, read_document(path))
