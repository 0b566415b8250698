"""Running the worker: a huey consumer with the periodic tasks."""

from __future__ import annotations

from huey import Huey, crontab

from cdi.settings import Settings
from cdi.worker.jobs import Jobs
from cdi.worker.queue import SWEEP, add_task, make_queue

_COUNT = crontab(minute="*/10")
# At night, in UTC, and apart from each other.
_RECHECK = crontab(minute="20", hour="3")
_TIDY = crontab(minute="10", hour="0")


def run_worker(jobs: Jobs, settings: Settings, *, periodic: bool = True) -> None:
    """Work until SIGTERM (what is being done is finished) or SIGINT (it is left as it is).

    Args:
        jobs: what to do.
        settings: where the queue is.
        periodic: whether this worker sets the clock for all; one of them has to.

    Raises:
        SettingError: the database is of a kind that is not supported.
    """
    queue = open_queue(jobs, settings, periodic=periodic)
    consumer = queue.create_consumer(
        workers=2, periodic=periodic, initial_delay=0.1, max_delay=1.0, graceful_signal="TERM"
    )
    consumer.run()


def open_queue(jobs: Jobs, settings: Settings, *, periodic: bool = True) -> Huey:
    """Return the queue that knows all jobs, and in which a first sweep waits.

    Raises:
        SettingError: the database is of a kind that is not supported.
    """
    queue = make_queue(settings)
    ask = add_task(queue, SWEEP, jobs.sweep)
    if periodic:
        queue.periodic_task(crontab(), name="every_minute")(jobs.sweep)
        queue.periodic_task(_COUNT, name="count")(jobs.count_days)
        queue.periodic_task(_RECHECK, name="recheck")(jobs.check_again)
        queue.periodic_task(_TIDY, name="tidy")(jobs.tidy)
    ask()  # what fell due while no worker ran
    return queue
