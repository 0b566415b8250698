"""Transactions: all or nothing, conflicts that say so, texts sealed at rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from databases import AUDIT_KEY
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cdi.errors import ConflictError, SettingError, StorageError
from cdi.storage.rotation import reseal_all
from cdi.storage.store import Store
from cdi.storage.tables import EncounterRow, FacilityRow, PatientRow
from cdi.storage.vault import Vault

NOW = datetime(2026, 6, 3, 9, 30, 1, 250, tzinfo=UTC)


def add_patient(
    session: Session, number: str = "MRN-7", name: str = "Jordan Example"
) -> PatientRow:
    facility = session.scalars(select(FacilityRow)).first() or FacilityRow(code="A", name="General")
    session.add(facility)
    session.flush()
    patient = PatientRow(facility_id=facility.id, number=number, name=name)
    session.add(patient)
    session.flush()
    return patient


def add_encounter(session: Session) -> EncounterRow:
    patient = add_patient(session)
    row = EncounterRow(
        facility_id=patient.facility_id,
        patient_id=patient.id,
        number="E-100",
        content="{}",
        received_at=NOW,
        changed_at=NOW,
    )
    session.add(row)
    return row


def stored_name(store: Store) -> bytes:
    with store.engine.connect() as connection:
        value = connection.scalar(text("SELECT name_sealed FROM patients"))
        assert value is not None
        return bytes(value)


def test_what_one_transaction_wrote_the_next_reads(store: Store) -> None:
    with store.writing() as session:
        add_patient(session)
    with store.reading() as session:
        patient = session.scalars(select(PatientRow)).one()
        assert (patient.number, patient.name) == ("MRN-7", "Jordan Example")


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def add_and_fail() -> None:
        with store.writing() as session:
            add_patient(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    with store.reading() as session:
        assert session.scalars(select(PatientRow)).all() == []


def test_nothing_written_in_a_reading_is_kept(store: Store) -> None:
    with store.reading() as session:
        session.add(FacilityRow(code="A", name="General"))
        session.flush()
    with store.reading() as session:
        assert session.scalars(select(FacilityRow)).all() == []


def test_a_moment_comes_back_in_utc(store: Store) -> None:
    with store.writing() as session:
        row = add_encounter(session)
        row.admitted_at = NOW.astimezone(timezone(timedelta(hours=-5)))
    with store.reading() as session:
        read = session.scalars(select(EncounterRow)).one().admitted_at
        assert read == NOW
        assert read is not None
        assert read.utcoffset() == timedelta(0)


def test_a_moment_without_a_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="needs a time zone"), store.writing() as session:
        add_encounter(session).admitted_at = datetime(2026, 6, 3)


def test_a_second_row_of_the_same_number_is_a_conflict_that_names_the_rule(store: Store) -> None:
    with store.writing() as session:
        add_patient(session)
    with pytest.raises(ConflictError, match="patients") as caught, store.writing() as session:
        add_patient(session, name="Someone Else")
    assert "MRN-7" not in str(caught.value)
    assert "Someone" not in str(caught.value)


def test_a_row_changed_meanwhile_is_a_conflict(store: Store) -> None:
    with store.writing() as session:
        add_encounter(session)
    with store.reading() as session:
        seen = session.scalars(select(EncounterRow)).one()
        session.expunge(seen)
    with store.writing() as session:
        session.scalars(select(EncounterRow)).one().service = "first"
    seen.service = "second"
    with pytest.raises(ConflictError, match="somebody else"), store.writing() as session:
        session.add(seen)
    with store.reading() as session:
        assert session.scalars(select(EncounterRow)).one().service == "first"


def test_a_text_is_unreadable_in_the_database(store: Store) -> None:
    with store.writing() as session:
        add_patient(session)
    assert stored_name(store).startswith(b"\x01\x05first")
    assert b"Jordan" not in stored_name(store)


def test_a_changed_text_is_sealed_again(store: Store) -> None:
    with store.writing() as session:
        add_patient(session)
    with store.writing() as session:
        patient = session.scalars(select(PatientRow)).one()
        patient.name = "Jordan Q. Example"
    assert b"Jordan" not in stored_name(store)
    with store.reading() as session:
        assert session.scalars(select(PatientRow)).one().name == "Jordan Q. Example"


def test_a_text_opens_after_its_session_has_closed(store: Store) -> None:
    with store.writing() as session:
        written = add_patient(session)
    with store.reading() as session:
        read = session.scalars(select(PatientRow)).one()
    assert (written.name, read.name) == ("Jordan Example", "Jordan Example")


def test_a_text_swapped_between_rows_does_not_open(store: Store) -> None:
    with store.writing() as session:
        add_patient(session)
        add_patient(session, "MRN-8", "Robin Example")
    with store.engine.connect() as connection:
        connection.execute(
            text(
                "UPDATE patients SET name_sealed = "
                "(SELECT name_sealed FROM patients WHERE number = 'MRN-7')"
            )
        )
        connection.commit()
    with store.reading() as session:
        moved = session.scalars(select(PatientRow).where(PatientRow.number == "MRN-8")).one()
        with pytest.raises(StorageError, match=f"patients:{moved.id}:name: altered, moved"):
            _ = moved.name


def test_rotation_seals_everything_with_the_new_key_once(store: Store) -> None:
    with store.writing() as session:
        add_patient(session)
        add_patient(session, "MRN-8", "Robin Example")
    rotated = Store(
        store.engine, AUDIT_KEY, Vault({"second": b"2" * 32, **store.vault.keys}, "second")
    )
    assert reseal_all(rotated) == 2
    assert reseal_all(rotated) == 0
    alone = Store(store.engine, AUDIT_KEY, Vault({"second": b"2" * 32}, "second"))
    with alone.reading() as session:
        names = {patient.name for patient in session.scalars(select(PatientRow))}
    assert names == {"Jordan Example", "Robin Example"}


def test_texts_stored_plain_are_sealed_when_a_key_comes(store: Store) -> None:
    without = Store(store.engine, AUDIT_KEY)
    with without.writing() as session:
        add_patient(session)
    assert stored_name(store) == b"\x00Jordan Example"
    assert reseal_all(store) == 1
    assert b"Jordan" not in stored_name(store)


def test_a_keyed_hash_is_the_same_for_the_same_text_and_key_only(store: Store) -> None:
    other = Store(store.engine, b"another key for tests, as long !")
    assert store.digest("acute") == store.digest("acute")
    assert store.digest("acute") != store.digest("chronic")
    assert store.digest("acute") != other.digest("acute")


def test_a_short_audit_key_is_refused(store: Store) -> None:
    with pytest.raises(SettingError, match="at least 32 bytes"):
        Store(store.engine, b"short")
