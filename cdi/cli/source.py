"""What the commands read: files, folders, standard input; problems are told, nothing else lost."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdi.domain.encounter import Encounter
    from cdi.errors import InputError
    from cdi.interop.feeds import WireFormats
    from cdi.interop.mapping import Intake


class Problems:
    """Prints problems as they come and remembers whether something was not read."""

    def __init__(self) -> None:
        self.lost = 0

    def __call__(self, problem: InputError) -> None:
        """Tell of one problem on standard error."""
        from cdi.interop.files import InputNotice

        notice = isinstance(problem, InputNotice)
        self.lost += not notice
        print(f"{'note' if notice else 'error'}: {problem}", file=sys.stderr)


def read_sources(
    paths: Iterable[Path], problems: Problems, text_column: str | None = None
) -> Iterator[Encounter]:
    """Yield the encounters of all paths in order; ``-`` is standard input."""
    from cdi.interop.files import read_path

    for path in paths:
        yield from read_path(path, problems, text_column=text_column, feeds=wire_formats)


@lru_cache(maxsize=1)
def site_intake() -> Intake:
    """Return what codes, units and authors mean at this site, with the mapping of CDI_SITE_FILE.

    Raises:
        RuleError: the mapping cannot be used; names file, line and key.
    """
    from cdi.interop.mapping import load_intake
    from cdi.settings import settings

    return load_intake(settings().site_file)


def wire_formats() -> WireFormats:
    """Return the reader of FHIR bundles and HL7 messages."""
    from cdi.interop.feeds import WireFormats

    return WireFormats(site_intake())
