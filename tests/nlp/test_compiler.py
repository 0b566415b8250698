"""Where machine code is kept, and that loops run where it cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numba.core import config
from numba.core.caching import NullCache

from cdi.nlp.loops import compiler
from cdi.nlp.loops.compiler import compiled


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of sources, with that for caches of its user beside it."""
    folder = tmp_path / "loops"
    folder.mkdir()
    (folder / "one.py").write_text("ONE = 1\n")
    (folder / "two.py").write_text("TWO = 2\n")
    monkeypatch.setattr(compiler, "_HERE", folder)
    monkeypatch.setattr(config, "BOUNDSCHECK", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return folder


def test_the_folder_is_in_the_package_and_of_its_sources(package: Path) -> None:
    folder = compiler._folder()
    assert folder == package / "__pycache__" / compiler._fingerprint()
    assert folder.is_dir()
    assert compiler._folder() == folder


def test_another_source_is_another_folder(package: Path) -> None:
    before = compiler._fingerprint()
    (package / "two.py").write_text("TWO = 3\n")
    changed = compiler._fingerprint()
    (package / "three.py").write_text("")
    assert len({before, changed, compiler._fingerprint()}) == 3


def test_the_same_lines_in_other_files_are_other_sources(package: Path) -> None:
    before = compiler._fingerprint()
    (package / "one.py").write_text("ONE = 1\nTWO = 2\n")
    (package / "two.py").write_text("")
    assert compiler._fingerprint() != before


def test_what_is_no_source_does_not_count(package: Path) -> None:
    before = compiler._fingerprint()
    (package / "notes.txt").write_text("nothing")
    assert compiler._fingerprint() == before


@pytest.mark.usefixtures("package")
def test_code_that_checks_bounds_is_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    unchecked = compiler._fingerprint()
    monkeypatch.setattr(config, "BOUNDSCHECK", 1)
    assert compiler._fingerprint() == f"{unchecked}-checked"


def test_a_package_that_cannot_be_written_keeps_code_with_the_user(
    package: Path, tmp_path: Path
) -> None:
    (package / "__pycache__").write_text("in the way, for root as well")
    assert compiler._folder() == tmp_path / "caches" / "cdi" / compiler._fingerprint()


def test_without_a_folder_of_their_own_caches_are_in_the_home_of_the_user(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package / "__pycache__").write_text("in the way")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert compiler._folder() == tmp_path / "home" / ".cache" / "cdi" / compiler._fingerprint()


def test_where_nothing_can_be_written_there_is_no_folder(package: Path, tmp_path: Path) -> None:
    (package / "__pycache__").write_text("in the way")
    (tmp_path / "caches").write_text("in the way")
    assert compiler._folder() is None


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="nothing is compiled")
@pytest.mark.parametrize("kept", [True, False])
def test_loops_are_compiled_whether_or_not_code_is_kept(
    kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiler, "_FOLDER", tmp_path if kept else None)
    doubled = compiled(_doubled)
    assert doubled(np.array([1, 2])).tolist() == [2, 4]
    assert isinstance(doubled._cache, NullCache) is not kept
    assert bool(list(tmp_path.rglob("*.nbi"))) is kept


def _doubled(numbers: np.ndarray) -> np.ndarray:
    return numbers * 2
