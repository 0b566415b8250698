"""Stays from files: FHIR bundles, and encounters in the project's own form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdi.cli.source import Problems, read_sources

if TYPE_CHECKING:
    from cdi.domain.encounter import Encounter


def read_stays(paths: Iterable[Path], problems: Problems, site: Path | None) -> Iterator[Encounter]:
    """Yield the stays of all paths in order; a folder is read file by file.

    Args:
        paths: files and folders.
        problems: told of what cannot be read; nothing else is lost by it.
        site: the site's mapping of codes, names and units, for bundles.
    """
    from cdi.errors import InputError
    from cdi.interop.fhir import is_bundle, read_bundle
    from cdi.interop.mapping import load_intake

    intake = None
    for path in _files(paths):
        data = _json(path)
        if not is_bundle(data):
            yield from read_sources([path], problems)
            continue
        intake = intake or load_intake(site)
        try:
            stays = read_bundle(data, intake, problems, name=path.name)
        except InputError as error:
            problems(error)
            continue
        yield from _named(stays)


def _named(stays: Sequence[Encounter]) -> Iterator[Encounter]:
    """Let the bundle's id stand for the stay it is about; earlier visits go by their own."""
    from dataclasses import replace

    chief = max(stays, key=lambda stay: len(stay.notes), default=None)
    for stay in stays:
        yield stay if stay is chief else replace(stay, source="")


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.json"))
        else:
            yield path


def _json(path: Path) -> Any:
    """Return what a file holds, None if it is no JSON: another reader tells why."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
