"""What a server and a worker have in common, read once: both are forked from a process with this.

Reading rules takes most of the time that a start takes, and a crash does not care for it.
"""

from __future__ import annotations

from pathlib import Path

from databases import AUDIT_KEY, VAULT
from pydantic import SecretStr
from receivers import LOOPBACK

from cdi.app import create_app
from cdi.cli.serving import run_server
from cdi.compliance import load_pack
from cdi.interop.mapping import load_intake
from cdi.logs import configure_logs
from cdi.settings import Settings
from cdi.storage.engine import make_engine
from cdi.storage.store import Store
from cdi.worker.jobs import Jobs
from cdi.worker.queue import Waker
from cdi.worker.run import run_worker
from cdi.workflow.desk import Desk, Outlets
from cdi.workflow.scan import default_scanner

_SCANNER = default_scanner()
_PACK = load_pack(_SCANNER.catalogue)
_INTAKE = load_intake(None)


def serve(url: str, log: Path, port: int) -> None:
    """Be ``cdi serve`` over a database."""
    site = _begin(url, log)
    run_server(create_app(_desk(site), _INTAKE), "127.0.0.1", port)


def work(url: str, log: Path) -> None:
    """Be ``cdi worker`` over a database."""
    site = _begin(url, log)
    run_worker(Jobs(_desk(site), _INTAKE, site), site)


def _begin(url: str, log: Path) -> Settings:
    configure_logs("info", log.open("a", encoding="utf-8"))
    # A crash must not cost the test five minutes.
    return Settings(
        _env_file=None, database_url=SecretStr(url), webhook_networks=LOOPBACK, lease_seconds=2
    )


def _desk(site: Settings) -> Desk:
    store = Store(make_engine(site.database_url.get_secret_value()), AUDIT_KEY, VAULT)
    outlets = Outlets(email=False, networks=LOOPBACK)
    return Desk(store, _SCANNER, _PACK, outlets=outlets, wake=Waker(site))
