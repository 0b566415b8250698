"""How loops are compiled, and where the machine code is kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from numba.core import config
from numba.extending import register_jitable

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_HERE = Path(__file__).resolve().parent


def compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return the function compiled at its first call; the machine code is kept for later starts.

    Where nothing can be written it is compiled anew in each process.
    """
    keep = _FOLDER is not None
    compile_ = numba.njit(cache=keep, nogil=True, error_model="numpy")
    return cast("Callable[_Parameters, _Result]", compile_(function))


def inlined(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return a function that compiled ones call, and which is compiled with them alone.

    For Python it stays as it is written. To make each callable from Python as well would take half
    as long again as to compile it.
    """
    register = register_jitable(
        nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
    )
    return register(function)


def is_kept() -> bool:
    """Tell whether there is machine code from an earlier start, or none is wanted at all."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        return True
    return _FOLDER is not None and next(_FOLDER.rglob("*.nbi"), None) is not None


def _fingerprint() -> str:
    """Return what tells these sources, and the way they are compiled, from others.

    Numba compiles anew when the file of a function has changed, but not when that of another
    function it calls has, or of a number it uses, nor when bounds are to be checked.
    """
    sources = (path.read_bytes() for path in sorted(_HERE.glob("*.py")))
    checked = "-checked" if config.BOUNDSCHECK else ""  # type: ignore[attr-defined]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()[:16] + checked


def _folder() -> Path | None:
    """Return a folder of our own to keep machine code in, None if there is none to write to."""
    for base in _bases():
        folder = base / _fingerprint()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


def _bases() -> Iterator[Path]:
    yield _HERE / "__pycache__"
    # Never a folder that others write to: what is kept there is run.
    caches = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    yield Path(caches) / "cdi"


_FOLDER = _folder()
if _FOLDER is not None and not config.CACHE_DIR:  # type: ignore[attr-defined]
    config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]
