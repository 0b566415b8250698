"""Every error the project raises on purpose.

    CdiError
    ├── RuleError            a rule pack is wrong: file, line, key and what was expected
    ├── InputError           what was given cannot be read: names the field
    ├── ResourceNotFound     models/ or query_templates/ is not where it should be
    ├── SettingError         a setting has no usable value
    ├── LetterError          a letter cannot be rendered from this finding
    ├── TransitionError      a verb does not apply in the state a query is in
    ├── ConflictError        somebody else changed it meanwhile
    ├── NotFound             there is no such thing, or not for this actor
    ├── NotAllowed           the actor may not do this
    ├── NotCompliant         a letter with violations is not sent
    ├── IdempotencyError     a key was used for another request
    ├── LimitReached         a policy allows no more of this now
    ├── SignatureError       the signer has not confirmed who they are
    ├── StorageError         the database cannot be used as it is
    ├── LinkError            a link was used, has expired or is not of this desk
    ├── ProviderError        the identity provider cannot be reached or answers wrongly
    ├── DeliveryError        a message was not taken by the other side
    └── LoginError           nobody is logged in

Messages carry ids, field names and positions, never note text, names or values of a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
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


class TransitionError(CdiError):
    """A verb does not apply in the state a query is in.

    Args:
        verb: what was tried.
        state: the state found.
        allowed: the verbs that apply in it.
    """

    code = "transition"

    def __init__(self, verb: str, state: str, allowed: Sequence[str]) -> None:
        self.verb, self.state, self.allowed = verb, state, tuple(allowed)
        choice = ", ".join(allowed) if allowed else "nothing"
        super().__init__(f"cannot {verb} what is {state}; possible: {choice}")


class ConflictError(CdiError):
    """Somebody else changed it since it was read.

    Args:
        message: what happened, with ids only.
        version: the version there is now, None if unknown.
        changed_by: id of the user who changed it last, None if unknown.
    """

    code = "conflict"

    def __init__(
        self, message: str, *, version: int | None = None, changed_by: str | None = None
    ) -> None:
        self.version, self.changed_by = version, changed_by
        super().__init__(message)


class NotFound(CdiError):
    """There is no such thing, or the actor may not know of it."""

    code = "not_found"


class NotAllowed(CdiError):
    """The actor may not do this; names the verb and what it takes."""

    code = "not_allowed"


class NotCompliant(CdiError):
    """A letter with violations is not sent.

    Args:
        rules: practice rules violated ("Q09").
    """

    code = "not_compliant"

    def __init__(self, rules: Sequence[str]) -> None:
        self.rules = tuple(rules)
        super().__init__(f"the letter violates {', '.join(rules)}; it was not sent")


class IdempotencyError(CdiError):
    """The same idempotency key came with another request."""

    code = "idempotency"


class StorageError(CdiError):
    """The database is missing, of another version, or holds what cannot be read."""

    code = "storage"


class LimitReached(CdiError):
    """A facility's policy allows no more of this now, such as queries to one physician a day."""

    code = "limit"


class SignatureError(CdiError):
    """What is to be signed was not confirmed by the signer, or too long ago."""

    code = "signature"


class LinkError(CdiError):
    """A link of a notice was used already, has expired or was not made here."""

    code = "link"


class ProviderError(CdiError):
    """The identity provider cannot be reached, or what it says cannot be used."""

    code = "provider"


class DeliveryError(CdiError):
    """A message was not taken by the other side.

    Args:
        reason: a code for the outbox and the log ("timeout", "http-503"), never what the other
            side said.
        lasting: whether trying again is of no use.
    """

    code = "delivery"

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        self.reason, self.lasting = reason, lasting
        super().__init__(f"not delivered: {reason}")


class LoginError(CdiError):
    """Nobody is logged in: wrong credentials, or a session that has ended."""

    code = "login"
