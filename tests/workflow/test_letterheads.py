"""Letters of the desk carry the letterhead of their facility."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desks import HERE, Hospital

from cdi.domain.letter import Letter
from cdi.errors import SettingError
from cdi.storage.queries import find_letter, to_letter
from cdi.workflow.drafting import edit_letter
from cdi.workflow.opening import find_letterheads
from cdi.workflow.wording import check_wording


@pytest.fixture
def letterheads(tmp_path: Path) -> Path:
    """Two facilities with templates of their own."""
    folder = tmp_path / "letterheads"
    for code, name in ((HERE, "GENERAL HOSPITAL"), ("elsewhere", "ANOTHER HOUSE")):
        (folder / code).mkdir(parents=True)
        for kind in ("txt", "html"):
            (folder / code / f"letter.{kind}.j2").write_text(
                f'{{% extends "_base.{kind}.j2" %}}\n'
                f"{{% block letterhead %}}{name}\n{{% endblock %}}\n",
                encoding="utf-8",
            )
    return folder


@pytest.fixture
def lettered(hospital: Hospital, letterheads: Path) -> Hospital:
    """The hospital of the desk with these letterheads."""
    desk = replace(hospital.desk, letterheads=find_letterheads(letterheads))
    return replace(hospital, desk=desk)


def letter_of(hospital: Hospital, query_id: str) -> Letter:
    with hospital.store.reading() as session:
        return to_letter(find_letter(session, hospital.query(query_id)))


def test_a_drafted_letter_has_it_in_text_and_html(lettered: Hospital) -> None:
    letter = letter_of(lettered, lettered.drafted().id)
    assert letter.text.startswith("GENERAL HOSPITAL\n")
    assert "GENERAL HOSPITAL" in letter.html
    assert "ANOTHER HOUSE" not in letter.text + letter.html
    assert letter.pack


def test_it_stays_when_a_letter_is_edited_or_judged(lettered: Hospital) -> None:
    draft, sam = lettered.drafted(), lettered.actor("sam")
    edit = lettered.edit(draft.id, stem="Please clarify the type of the CHF.")
    checked = check_wording(lettered.desk, sam, draft.id, edit)
    edit_letter(lettered.desk, sam, draft.id, draft.version, edit)
    assert checked.letter.text.startswith("GENERAL HOSPITAL\n")
    assert letter_of(lettered, draft.id).text == checked.letter.text


def test_a_facility_without_one_has_that_of_the_release(hospital: Hospital) -> None:
    assert "HOSPITAL" not in letter_of(hospital, hospital.drafted().id).text


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert find_letterheads(None) == {}
    with pytest.raises(SettingError, match="CDI_LETTERHEADS_DIR: no folder"):
        find_letterheads(tmp_path / "nowhere")
