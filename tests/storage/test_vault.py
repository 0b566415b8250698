"""Field encryption: bound to its place, and keys that rotate."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.errors import SettingError, StorageError
from cdi.storage.vault import Vault, parse_keys, plain

PLACE = "notes:1:text"
OLD = Vault({"old": b"1" * 32}, "old")
NEW = Vault({"new": b"2" * 32, "old": b"1" * 32}, "new")


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    sealed = OLD.seal(plain(text), PLACE)
    assert OLD.open(sealed, PLACE) == text
    assert len(text) < 4 or text.encode() not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert OLD.seal(plain("same"), PLACE) != OLD.seal(plain("same"), PLACE)


def test_without_keys_a_text_is_stored_as_it_is_and_opens_with_keys_too() -> None:
    stored = Vault().seal(plain("text"), PLACE)
    assert stored == b"\x00text"
    assert NEW.open(stored, PLACE) == "text"


def test_a_text_moved_to_another_row_does_not_open() -> None:
    sealed = OLD.seal(plain("text"), PLACE)
    with pytest.raises(StorageError, match="notes:2:text: altered, moved"):
        OLD.open(sealed, "notes:2:text")


@given(st.integers(min_value=0))
def test_an_altered_byte_is_noticed(where: int) -> None:
    sealed = bytearray(OLD.seal(plain("some text"), PLACE))
    at = 5 + where % (len(sealed) - 5)
    sealed[at] ^= 1
    with pytest.raises(StorageError):
        OLD.open(bytes(sealed), PLACE)


def test_after_rotation_the_old_key_still_opens_and_the_new_one_seals() -> None:
    old = OLD.seal(plain("text"), PLACE)
    assert NEW.open(old, PLACE) == "text"
    assert not NEW.is_current(old)
    assert NEW.key_id(NEW.seal(plain("text"), PLACE)) == "new"


def test_a_key_that_is_gone_is_named() -> None:
    sealed = NEW.seal(plain("text"), PLACE)
    with pytest.raises(StorageError, match="'new', which is not configured"):
        OLD.open(sealed, PLACE)


def test_the_first_key_of_the_setting_seals() -> None:
    new, old = (base64.b64encode(key * 32).decode() for key in (b"2", b"1"))
    vault = parse_keys(f"new:{new}, old:{old}")
    assert (vault.current, set(vault.keys)) == ("new", {"new", "old"})
    assert parse_keys("") == Vault()


@pytest.mark.parametrize(
    "setting", ["c2VjcmV0", "a:c2VjcmV0", "a:?", f"a:{'A' * 43}=,a:{'A' * 43}=", f":{'A' * 43}="]
)
def test_an_unusable_key_is_refused_without_showing_it(setting: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse_keys(setting)
    assert "c2VjcmV0" not in str(caught.value)


def test_a_vault_does_not_show_its_keys() -> None:
    assert "1111" not in repr(OLD)
