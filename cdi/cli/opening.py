"""Opening the desk of a site for a process that serves or works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdi.rules.catalogue import Catalogue
    from cdi.settings import Settings
    from cdi.workflow.desk import Desk, Weigh


@contextmanager
def open_site_desk(settings: Settings) -> Iterator[Desk]:
    """Yield the desk of a site, over a database of this version, and close it at the end.

    What findings are worth reaches a desk here and nowhere else, and only where the settings say
    so: nothing below this may know of it.

    Raises:
        SettingError, StorageError: the database or a key cannot be used.
    """
    from dataclasses import replace

    from cdi.storage import schema
    from cdi.worker.queue import Waker
    from cdi.workflow.opening import open_desk

    desk = open_desk(settings, make_weigh=_make_weigh)
    try:
        schema.check(desk.store.engine)
        with closing(Waker(settings)) as waker:
            yield replace(desk, wake=waker)
    finally:
        desk.store.close()


def _make_weigh(catalogue: Catalogue) -> Weigh:
    from datetime import date

    from cdi.impact.weights import Weights, option_codes

    return Weights(option_codes(catalogue), date.today)
