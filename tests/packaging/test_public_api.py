"""What ``import cdi`` promises."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import walk_packages

import cdi
from cdi.domain.finding import Review

# They do their work when they are imported: the command line, and Alembic's environment.
RUN = ("cdi.__main__", "cdi.storage.migrations.env")
HEAVY = ("spacy", "scispacy", "pint", "jinja2", "typer", "rich")


def test_the_version_is_that_of_the_installed_package() -> None:
    assert cdi.__version__ == version("cdi")


def test_scan_turns_a_text_into_a_review() -> None:
    review = cdi.scan("ASSESSMENT: Routine visit, no complaints.")
    assert isinstance(review, Review)
    assert review.findings == ()


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import cdi, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in cdi.__all__ if not hasattr(cdi, name)] == []


def test_the_examples_in_docstrings_hold() -> None:
    names = [module.name for module in walk_packages(cdi.__path__, "cdi.")]
    outcomes = [
        doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
        for name in names
        if name not in RUN
    ]
    assert sum(outcome.attempted for outcome in outcomes) > 0
    assert sum(outcome.failed for outcome in outcomes) == 0


def test_the_python_example_of_the_readme_holds(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```pycon\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    assert blocks
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for number, block in enumerate(blocks):
        runner.run(parser.get_doctest(block, {}, f"README.md[{number}]", "README.md", 0))
    assert runner.summarize(verbose=False).failed == 0
