"""Where tests find the project, its samples and the labelled notes; other fixtures stay local."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The synthetic encounters that come with the project."""
    return PROJECT / "samples" / "encounters"


@pytest.fixture(scope="session")
def eval_dir() -> Path:
    """Labelled notes, which are no part of the project: ``CDI_EVAL_DIR`` or the default place."""
    folder = Path(os.environ.get("CDI_EVAL_DIR", PROJECT.parent / "shared" / "notes"))
    if not folder.is_dir():
        pytest.skip("no labelled notes: CDI_EVAL_DIR names no folder")
    return folder
