"""Passwords of local accounts: argon2id, made again with stronger settings when they change."""

from __future__ import annotations

from functools import lru_cache

from pwdlib import PasswordHash

from cdi.errors import InputError

SHORTEST = 12
"""Characters a password needs (NIST SP 800-63B asks for length, not for kinds of characters)."""
_LONGEST = 1024


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Return a hash that no password has: an unknown login takes as long as a known one."""
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return what is kept of a password.

    Raises:
        InputError: it is too short, or longer than any person's.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise InputError(f"at least {SHORTEST} characters are needed", field="password")
    return _hasher().hash(password)


def check_password(password: str, kept: str) -> tuple[bool, str | None]:
    """Tell whether a password is the one kept, and what to keep from now on if that changed."""
    if len(password) > _LONGEST or not kept:
        _hasher().verify("another", _nobody())
        return False, None
    return _hasher().verify_and_update(password, kept)
