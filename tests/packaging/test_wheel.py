"""The wheel, installed outside the checkout, finds its data and reviews a note."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

NOTE = """\
ASSESSMENT AND PLAN:
1. Congestive heart failure with leg swelling. Furosemide 40 mg IV twice a day. BNP 1450 pg/mL.
"""


@pytest.fixture(scope="module")
def archives(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    built = subprocess.run([*command, str(project)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(archives: Path) -> Path:
    return next(archives.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it and, for want of a network, borrowed dependencies.

    A folder named in a ``.pth`` file is searched last and its own ``.pth`` files are not read: the
    editable install of the checkout stays invisible.
    """
    root = tmp_path_factory.mktemp("site") / "env"
    venv.create(root, with_pip=False)
    python = root / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*install, "--no-index", "--no-deps", str(wheel)], check=True)
    borrowed = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (_site_packages(root) / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return root


def _site_packages(environment: Path) -> Path:
    return next((environment / "lib").glob("python*/site-packages"))


def _run(environment: Path, folder: Path, *command: str) -> str:
    """Run a program of the environment in ``folder``, without the caller's Python settings."""
    program, *arguments = command
    done = subprocess.run(
        [environment / "bin" / program, *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_carries_every_rule_pack_and_template_and_nothing_of_the_tests(
    project: Path, wheel: Path
) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    for folder in ("models", "query_templates"):
        here = {
            f"cdi/_data/{path.relative_to(project).as_posix()}"
            for path in (project / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert here
        assert {name for name in packed if name.startswith(f"cdi/_data/{folder}/")} == here
    tops = {name.split("/")[0] for name in packed}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"cdi"}


def test_the_installed_package_uses_its_own_data(environment: Path, tmp_path: Path) -> None:
    code = "import json, cdi.resources as r; print(json.dumps([r.__file__, str(r.models())]))"
    module, models = json.loads(_run(environment, tmp_path, "python", "-I", "-c", code))
    installed = _site_packages(environment) / "cdi"
    assert Path(module) == installed / "resources.py"
    assert Path(models) == installed / "_data" / "models"


def test_the_installed_package_scans_a_note(environment: Path, tmp_path: Path) -> None:
    code = (
        "import cdi, json, sys;"
        "review = cdi.scan(sys.argv[1]);"
        "print(json.dumps([finding.condition for finding in review.findings]))"
    )
    output = _run(environment, tmp_path, "python", "-I", "-c", code, NOTE)
    assert "heart_failure" in json.loads(output)


def test_the_installed_command_scans_a_file(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    output = _run(environment, tmp_path, "cdi", "scan", "note.txt", "--format", "jsonl")
    assert "heart_failure" in output
