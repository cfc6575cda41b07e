"""A real PostgreSQL of the tests' own: made in a temporary folder, reached by a socket in it, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUPERUSER = "ivr"


class Postgres:
    """A running server. `folder` holds its socket."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._binaries = binaries

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{SUPERUSER}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, of its own for every test; gives its URL."""
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def sql(self, statement: str, database: str = "postgres") -> str:
        psql = [self._binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", SUPERUSER]
        done = subprocess.run([*psql, "-d", database, "-c", statement], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off -c max_connections=60"
        )
        self._ctl("start", "-l", self.folder / "log", "-o", options)

    def stop(self) -> None:
        self._ctl("stop", "-m", "immediate")

    def init(self) -> None:
        _run([self._binaries / "initdb", "-D", self.folder / "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"])

    def _ctl(self, action: str, *arguments: str | Path) -> None:
        _run([self._binaries / "pg_ctl", "-D", self.folder / "data", "-w", action, *arguments])


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Make and start a server; PostgreSQL refuses root, so root starts it as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="ivr-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    server = Postgres(folder, _binaries())
    try:
        server.init()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("the tests need PostgreSQL 15 or newer: apt-get install postgresql")
    return found[-1].parent


def _run(command: list[str | Path]) -> None:
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")
