"""The review on a real Spark standalone cluster: a master and two workers on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from archive.notes import findings, write_store

from cdi.archive.columns import Columns
from cdi.archive.comparison import compare
from cdi.archive.pool import scan_store
from cdi.archive.tally import tally

pytestmark = [pytest.mark.enable_socket]
COLUMNS = Columns(encounter="visit", service="service")
MASTER, MASTER_PAGE = 17077, 18080
JOB = "from cdi.archive.spark import main\nmain()\n"


class Cluster:
    """A master and two workers, each a process of its own."""

    def __init__(self, folder: Path, project: Path) -> None:
        import pyspark

        self.home = Path(pyspark.__file__).parent
        self.folder = folder
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(project),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_NO_DAEMONIZE": "1",
        }
        host = ["--host", "127.0.0.1"]
        port = ["--port", str(MASTER), "--webui-port", str(MASTER_PAGE)]
        self.master = self._start("master.Master", *host, *port)
        self.workers = [self._start_worker(number) for number in (1, 2)]
        self._wait_for_workers(2)

    def _start_worker(self, number: int) -> subprocess.Popen[bytes]:
        options = ["--host", "127.0.0.1", "--cores", "1", "--memory", "2g"]
        options += ["--webui-port", str(MASTER_PAGE + number)]
        options += ["--work-dir", str(self.folder / f"worker-{number}")]
        return self._start("worker.Worker", *options, f"spark://127.0.0.1:{MASTER}")

    def _start(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        command = [str(self.home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        with (self.folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [*command, *options],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_for_workers(self, count: int) -> None:
        for _ in range(120):
            time.sleep(0.5)
            try:
                with urlopen(f"http://127.0.0.1:{MASTER_PAGE}/json/") as answer:
                    if answer.read().decode().count('"ALIVE"') > count:
                        return
            except OSError:
                continue
        raise AssertionError((self.folder / "cluster.log").read_text(errors="replace")[-2000:])

    def submit(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the job."""
        script = self.folder / "scan.py"
        script.write_text(JOB, encoding="utf-8")
        command = [str(self.home / "bin" / "spark-submit")]
        command += ["--master", f"spark://127.0.0.1:{MASTER}"]
        for setting in (
            "spark.ui.enabled=false",
            "spark.executor.memory=1g",
            "spark.sql.shuffle.partitions=6",
            "spark.sql.adaptive.coalescePartitions.enabled=false",
            "spark.sql.files.maxPartitionBytes=20000",
            "spark.driver.host=127.0.0.1",
        ):
            command += ["--conf", setting]
        with (self.folder / "job.log").open("wb") as log:
            return subprocess.Popen(
                [*command, str(script), *arguments], env=self.environment, stdout=log, stderr=log
            )

    def kill_worker(self) -> None:
        """Kill a worker and its executors as a power cut would."""
        # An executor is started in the worker's session: the group is the machine.
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        for process in (*self.workers, self.master):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path, project: Path) -> Iterator[Cluster]:
    missing = []
    if shutil.which("java") is None:
        missing.append("Java (Debian: openjdk-17-jre-headless)")
    try:
        import pyspark  # noqa: F401
    except ImportError:
        missing.append("pyspark")
    if missing:
        reason = f"no Spark cluster: {' and '.join(missing)} not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path / "cluster"
    folder.mkdir()
    running = Cluster(folder, project)
    yield running
    running.stop()


def _options() -> list[str]:
    return ["--encounter", "visit", "--service", "service"]


def _results(folder: Path) -> list[dict[str, object]]:
    return [{k: v for k, v in row.items() if k != "month"} for row in findings(folder)]


def test_a_cluster_that_loses_a_worker_gives_the_result_of_one_machine(
    cluster: Cluster, tmp_path: Path
) -> None:
    store = tmp_path / "in"
    write_store(store, files=6, rows=900)
    scan_store(str(store), tmp_path / "one", COLUMNS)
    job = cluster.submit(str(store), str(tmp_path / "many"), *_options(), "--delta")
    log = cluster.folder / "job.log"
    for _ in range(600):  # until the schema is read, the stays brought together, a part reviewed
        time.sleep(0.1)
        if log.read_text(errors="replace").count("Finished task") >= 8 or job.poll() is not None:
            break
    assert job.poll() is None, log.read_text(errors="replace")[-3000:]
    cluster.kill_worker()
    assert job.wait(timeout=150) == 0, log.read_text(errors="replace")[-3000:]
    assert "Lost executor" in log.read_text(errors="replace")
    expected = _results(tmp_path / "one")
    assert len(expected) == 1800
    assert _results(tmp_path / "many") == expected
    _check_delta(tmp_path / "many" / "findings", len(expected))
    _check_reports(tmp_path / "one", tmp_path / "many")


def _check_delta(folder: Path, count: int) -> None:
    from deltalake import DeltaTable

    assert DeltaTable(str(folder)).to_pyarrow_table().num_rows == count


def _check_reports(one: Path, many: Path) -> None:
    """The reports do not care which engine made a scan."""
    ours, theirs = tally(one), tally(many)
    assert (theirs.notes, theirs.findings, theirs.rejected) == (5400, 1800, 0)
    assert theirs.groups["service"] == ours.groups["service"]
    compared = compare(one, many)
    assert (compared.same.total(), compared.conditions) == (1800, [])
