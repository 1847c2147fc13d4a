"""Real processes of this checkout, each with data of its own: for what only a process can show."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds until something that does not happen is given up on


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return an environment that decides nothing but where the data lies."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"ACOMPANA_DATA": str(data), "PYTHONTZPATH": "", "PYTHONUNBUFFERED": "1"} | more


def python(data: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start Python in this checkout; its words can be read, and it ends when its standard input does if it listens."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(data, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_interrupts,
    )


def hears_interrupts() -> None:
    """Undo what a shell does to what it starts in the background: let it ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def said(process: subprocess.Popen[str], words: str = "") -> str:
    """Wait for a process to end well, and return what it said on standard output."""
    out, err = process.communicate(words, timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


def manage(data: Path, *arguments: str, words: str = "", **more: str) -> str:
    """Run one command to its end, and return what it said."""
    return said(python(data, "manage.py", *arguments, **more), words)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder any account may walk to, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="acompana-"))
    made.chmod(0o711)
    try:
        yield made / "data"
    finally:
        shutil.rmtree(made, ignore_errors=True)


def server_of(place: Path) -> int | None:
    """Return the process of the PostgreSQL whose data lies there, if it runs."""
    try:
        pid = int((place / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pid


def until(true, what: str, seconds: float = PATIENCE):
    """Wait for something to become true, and return it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def stop(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> int:
    """Ask a process to end and wait until it has."""
    process.send_signal(how)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
