"""A command of ``cdi`` in a process forked from one that has read the rules already.

Reading rules takes most of the time that a start takes, and a crash does not care for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from cdi.cli import main
from cdi.settings import settings
from cdi.workflow.scan import default_scanner

_IMPORTED = ("cdi.app", "cdi.cli.app", "cdi.worker.run", "scispacy.candidate_generation", "uvicorn")
for _name in _IMPORTED:
    import_module(_name)
default_scanner()


def run(log: Path, environment: Mapping[str, str], *words: str) -> None:
    """Be ``cdi WORDS``, with its own environment and its output in a file."""
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    sys.argv = ["cdi", *words]
    main()
