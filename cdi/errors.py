"""Every error the project raises on purpose.

    CdiError
    ├── RuleError            a rule pack is wrong: file, line, key and what was expected
    ├── InputError           what was given cannot be read: names the field
    ├── ResourceNotFound     models/ or query_templates/ is not where it should be
    ├── SettingError         a setting has no usable value
    └── LetterError          a letter cannot be rendered from this finding

Messages carry ids, field names and positions, never note text, names or values of a patient.
"""

from __future__ import annotations

from pathlib import Path


class CdiError(Exception):
    """Base of all expected errors; ``code`` is stable and fit for logs and API answers."""

    code = "error"


class ResourceNotFound(CdiError):
    """A data folder or a file in it does not exist."""

    code = "resource_not_found"


class SettingError(CdiError):
    """A setting is missing or has a value that cannot be used."""

    code = "setting"


class InputError(CdiError):
    """Input that cannot be read.

    Args:
        message: what is wrong and what was expected, without the content itself.
        source: file name or resource id.
        field: the field at fault, for example ``notes[3].text``.
        line: line number in the source, from 1.
    """

    code = "input"

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        field: str | None = None,
        line: int | None = None,
    ) -> None:
        self.source, self.field, self.line = source, field, line
        place = ":".join(str(part) for part in (source, line) if part is not None)
        parts = [part for part in (place, field, message) if part]
        super().__init__(": ".join(parts))


class RuleError(CdiError):
    """A rule pack that cannot be used.

    Args:
        message: what is wrong and what was expected.
        path: the file.
        line: line number, from 1.
        key: dotted key inside the file, for example ``findings.undocumented.when``.
    """

    code = "rule"

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        self.message, self.path, self.line, self.key = message, path, line, key
        place = ":".join(str(part) for part in (path, line) if part is not None)
        parts = [part for part in (place, key, message) if part]
        super().__init__(": ".join(parts))


class LetterError(CdiError):
    """A letter cannot be made: an evidence pointer does not resolve or a template is wrong."""

    code = "letter"
