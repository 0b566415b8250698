"""The script of the demonstration (``samples/desk.yaml``): who is there and what happens when."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cdi.domain.actor import StaffRole
from cdi.domain.letter import OptionKind
from cdi.errors import InputError


class Deed(StrEnum):
    """What can happen to a stay in the script."""

    ARRIVE = "arrive"
    DRAFT = "draft"
    LEAD = "lead"
    SUBMIT = "submit"
    SEND = "send"
    VIEW = "view"
    ANSWER = "answer"
    DOCUMENT = "document"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    DISMISS = "dismiss"
    ACCEPT = "accept"
    CODE = "code"
    RETURN = "return"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Strict):
    """A facility. ``escalate_to`` is the login of whom unanswered queries go to as well."""

    name: str
    zone: str = "UTC"
    escalate_to: str = ""


class Account(_Strict):
    """A person. ``author`` is how notes of the samples begin to name them."""

    login: str
    name: str
    role: StaffRole
    at: tuple[str, ...]
    service: str = ""
    author: str = ""

    @property
    def provider_id(self) -> str | None:
        """What the record system calls the person; physicians have such an id."""
        return f"demo-{self.login}" if self.role is StaffRole.PHYSICIAN else None


class Step(_Strict):
    """A deed and how many working days before today it is done."""

    day: int = Field(ge=0, le=60)
    deed: Deed


def _parse_step(value: object) -> object:
    if isinstance(value, str):
        day, _, deed = value.partition(" ")
        return {"day": day, "deed": deed}
    return value


class Stay(_Strict):
    """A sample and its life at the desk.

    Attributes:
        file: below ``samples/``.
        at: code of the facility.
        attending: login of the physician in charge.
        admitted: on which working day before today; all times of the sample move with it.
        ask: how many findings the letter asks about, most important first.
        answer: the kind of option that is chosen, and ``words`` where it asks for some.
        life: steps in order, each as "<days ago> <deed>".
    """

    file: str
    at: str
    attending: str
    admitted: int = Field(ge=0, le=60)
    ask: int = Field(default=9, ge=1)
    answer: OptionKind = OptionKind.DIAGNOSIS
    words: str = ""
    life: tuple[Annotated[Step, BeforeValidator(_parse_step)], ...]


class Script(_Strict):
    """All of it."""

    facilities: dict[str, Place]
    accounts: tuple[Account, ...]
    stays: tuple[Stay, ...]


def read_script(samples: Path) -> Script:
    """Return the script in the folder of the samples.

    Raises:
        InputError: it is not what a script should be; names the fields.
    """
    path = samples / "desk.yaml"
    try:
        return Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError):
        raise InputError("cannot be read", source=path.name) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(first["msg"], source=path.name, field=field) from None
