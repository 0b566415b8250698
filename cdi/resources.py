"""Where the rule packs and query templates live: the only module that knows."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cdi.errors import ResourceNotFound
from cdi.settings import settings

_PACKAGE = Path(str(files("cdi")))


def models() -> Path:
    """Return the folder of the rule packs: the configured one, the wheel's, or the checkout's."""
    return _directory("models", settings().models_dir)


def query_templates() -> Path:
    """Return the folder of the Jinja letter templates, found like :func:`models`."""
    return _directory("query_templates", settings().templates_dir)


def samples() -> Path:
    """Return the folder of the synthetic samples, which come with the source alone.

    Raises:
        ResourceNotFound: this is an installed package and no checkout.
    """
    folder = _PACKAGE.parent / "samples"
    if not (folder.is_dir() and _belongs_to_package(folder)):
        raise ResourceNotFound(
            "samples: they come with the source of cdi, not with the installed package; "
            "run this in a checkout"
        )
    return folder


def _directory(name: str, override: Path | None) -> Path:
    if override is not None:
        # A configured folder that is missing is a mistake, never a reason to use another one.
        if not override.is_dir():
            raise ResourceNotFound(f"{name}: the configured folder {override} does not exist")
        return override
    # An editable install leaves a stale copy elsewhere; the checkout's own folder comes first.
    for candidate in (_PACKAGE.parent / name, _PACKAGE / "_data" / name):
        if candidate.is_dir() and _belongs_to_package(candidate):
            return candidate
    raise ResourceNotFound(f"{name}: found neither in the package nor beside it")


def _belongs_to_package(folder: Path) -> bool:
    """Tell the checkout's folder from an unrelated ``models`` lying in site-packages."""
    return folder.parent.name == "_data" or (folder.parent / "pyproject.toml").is_file()
