"""Loading the demonstration into an empty store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.policy import Policy
from cdi.errors import SettingError
from cdi.storage.people import add_policy
from cdi.storage.places import all_facilities
from cdi.workflow.deadlines import due_steps, take_step
from cdi.workflow.demo.clock import Clock, moment, working_day
from cdi.workflow.demo.play import Player, Stage
from cdi.workflow.demo.script import Script, Stay, Step, read_script
from cdi.workflow.desk import Desk
from cdi.workflow.identity import add_facility, add_user

PASSWORD = "demonstration"
"""Of every account of the demonstration; no other store has these accounts."""

_OPERATOR = "demonstration"
_PREFIX = "demo-"

Tell = Callable[[int, int], None]
"""Hears how many of how many steps are done."""


def is_demo(desk: Desk, script: Script) -> bool:
    """Tell whether a store holds the demonstration; False for an empty one.

    Raises:
        SettingError: it holds something else, and is left alone.
    """
    with desk.store.reading() as session:
        found = {row.code for row in all_facilities(session)}
    if found and found != {_PREFIX + code for code in script.facilities}:
        raise SettingError("this store is not a demonstration; nothing was loaded")
    return bool(found)


def load_demo(desk: Desk, samples: Path, *, tell: Tell | None = None) -> Script:
    """Load the demonstration, unless it is there already; return who is in it.

    Args:
        desk: over an upgraded store that is empty or holds the demonstration.
        samples: the folder of the samples with their script.
        tell: hears of the progress.

    Raises:
        SettingError: the store holds something else.
        InputError: script or samples cannot be read.
    """
    script = read_script(samples)
    if is_demo(desk, script):
        return script
    now = desk.now()
    clock = Clock(now)
    stage = _set_up(replace(desk, now=clock), clock, script, samples)
    players = {stay.file: Player(stage, stay, now) for stay in script.stays}
    steps = _in_order(script)
    days = Counter(step.day for _, step in steps)
    done: Counter[int] = Counter()
    for number, (stay, step) in enumerate(steps, 1):
        zone = script.facilities[stay.at].zone
        clock.at = moment(now, zone, step.day, done[step.day], days[step.day])
        done[step.day] += 1
        _take_due_steps(stage)
        players[stay.file].do(step.deed)
        if tell is not None:
            tell(number, len(steps))
    clock.at = now
    _take_due_steps(stage)
    return script


def _in_order(script: Script) -> list[tuple[Stay, Step]]:
    """Return every step as the days went by; within a day stay after stay."""
    steps = [(stay, step) for stay in script.stays for step in stay.life]
    return sorted(steps, key=lambda pair: -pair[1].day)


def _set_up(desk: Desk, clock: Clock, script: Script, samples: Path) -> Stage:
    """Add facilities, accounts and policies, as they were before the first stay arrived."""
    first = max(step.day for stay in script.stays for step in stay.life)
    clock.at = clock.at.replace(hour=0, minute=0, second=0, microsecond=0)
    day = working_day(clock.at.date(), first + 1)
    clock.at = clock.at.replace(year=day.year, month=day.month, day=day.day)
    operator = Actor(_OPERATOR)
    facilities = {
        code: add_facility(desk, operator, _PREFIX + code, place.name).id
        for code, place in script.facilities.items()
    }
    admin = Actor(_OPERATOR, {place: frozenset({StaffRole.ADMIN}) for place in facilities.values()})
    users = {
        account.login: add_user(
            desk,
            admin,
            account.login,
            account.name,
            {facilities[code]: [account.role] for code in account.at},
            password=PASSWORD,
            provider_id=account.provider_id,
            service=account.service,
        ).id
        for account in script.accounts
    }
    with desk.store.writing() as session:
        for code, place in script.facilities.items():
            policy = Policy(zone=place.zone, escalate_to=users.get(place.escalate_to, ""))
            add_policy(session, facilities[code], policy, clock(), _OPERATOR)
    return Stage(desk, samples, script, facilities, users)


def _take_due_steps(stage: Stage) -> None:
    """Remind and escalate as a worker would have done."""
    for query_id in due_steps(stage.desk):
        take_step(stage.desk, stage.service, query_id)
