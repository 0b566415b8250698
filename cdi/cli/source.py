"""What the commands read: files, folders, standard input; problems are told, nothing else lost."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdi.domain.encounter import Encounter
    from cdi.errors import InputError


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
        yield from read_path(path, problems, text_column=text_column)
