"""``cdi demo``: keys and store of its own, loaded whole or not at all, and served."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cdi import resources
from cdi.cli.app import app
from cdi.errors import ResourceNotFound, SettingError
from cdi.workflow.demo import DemoFolder


@pytest.mark.enable_socket
def test_a_demonstration_is_loaded_with_keys_of_its_own_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    place = DemoFolder(folder)
    folder.mkdir()
    place.unfinished.write_text("what an interrupted load has left", encoding="utf-8")
    loaded = CliRunner().invoke(app, ["demo", "load", str(folder)])
    assert loaded.exit_code == 0, loaded.output
    assert "  physician3         physician   Dr. Sham, General Hospital\n" in loaded.output
    assert sorted(path.name for path in folder.iterdir()) == [
        "audit.key",
        "demo.env",
        "desk.sqlite3",
        "encryption.key",
    ]
    for secret in ("audit.key", "demo.env", "encryption.key"):
        assert stat.S_IMODE((folder / secret).stat().st_mode) == 0o600
    assert b"Ophelia" not in place.store.read_bytes()
    checked = CliRunner().invoke(app, ["demo", "serve", str(folder), "--check"])
    assert checked.output == "The desk answers, and an account has logged in.\n"


def test_what_was_not_loaded_is_not_served(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "serve", str(tmp_path)])
    assert isinstance(result.exception, SettingError)
    assert "cdi demo load" in str(result.exception)


def test_without_the_source_the_error_tells_where_the_samples_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "site-packages" / "cdi")
    with pytest.raises(ResourceNotFound, match="run this in a checkout"):
        resources.samples()
