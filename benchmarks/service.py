"""The service under measurement: real processes, and their memory."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


def environment(data: Path) -> dict[str, str]:
    return os.environ | {"ACOMPANA_DATA": str(data), "PYTHONTZPATH": "", "LOG_LEVEL": "ERROR"}


@contextmanager
def workers(count: int, data: Path) -> Iterator[int]:
    """Serve with so many Daphne processes that share one listening socket; yield its port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    os.set_inheritable(listening.fileno(), True)
    port = listening.getsockname()[1]
    command = [PYTHON, "-m", "daphne", "--fd", str(listening.fileno()), "config.asgi:application", "--verbosity", "0"]
    running = [
        subprocess.Popen(
            command, cwd=BASE, env=environment(data), pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL
        )
        for _ in range(count)
    ]
    try:
        for _ in range(count * 4):
            wait_for(f"http://127.0.0.1:{port}/api/v1/openapi.json")
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
        listening.close()


def stop(data: Path) -> None:
    """Stop a PostgreSQL that an earlier run has left."""
    for pid in _postgres(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    while _postgres(data):
        time.sleep(0.1)


def forget(data: Path) -> None:
    """Delete what an earlier run has left, keys included."""
    stop(data)
    shutil.rmtree(data, ignore_errors=True)


def wait_for(address: str, seconds: float = 60) -> float:
    """Return how long it took until the address answered."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return time.perf_counter() - begun
        except urllib.error.HTTPError:
            return time.perf_counter() - begun
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{address} did not answer")


def embedded(data: Path) -> dict[str, float]:
    """Start the demo twice, as `make run` does; return seconds until ready both times, and the idle memory in MB."""
    forget(data)
    first = _start_and_stop(data, idle=0)[0]
    second, memory = _start_and_stop(data, idle=20)
    return {"first": first, "second": second, "memory": memory}


def _start_and_stop(data: Path, idle: float) -> tuple[float, float]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [PYTHON, "manage.py", "serve", "--port", str(port)]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=BASE, env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/", 180)
        ready = time.perf_counter() - begun
        for page in ("/", "/pedir/", "/api/v1/slots?state=TX&language=es", "/healthz"):
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{page}").read()
        time.sleep(idle)
        return ready, _memory(process.pid, data) if idle else 0.0
    finally:
        process.terminate()
        process.wait(30)


def _memory(pid: int, data: Path) -> float:
    """Return the proportional memory (PSS) in MB of the process and of the PostgreSQL it uses."""
    return sum(_pss(one) for one in {pid, *_children_of(pid), *_postgres(data)}) / 1024


def _postgres(data: Path) -> set[int]:
    """Return the server's processes: it is a child of nobody, so it is found by its data folder."""
    pidfiles = [*data.glob("postgres/postmaster.pid"), *Path("/var/lib/acompana").glob("*/postgres/postmaster.pid")]
    masters = {int(pidfile.read_text().split()[0]) for pidfile in pidfiles if str(data) in pidfile.read_text()}
    return masters | {child for master in masters for child in _children_of(master)}


def _children_of(pid: int) -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = re.search(r"^PPid:\s+(\d+)", status.read_text(), re.M)
        except OSError:
            continue
        if parent and int(parent[1]) == pid:
            child = int(status.parent.name)
            found |= {child} | _children_of(child)
    return found


def _pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)
    return int(found[1]) if found else 0


def machine() -> str:
    """Return the class of machine in a line."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    model = re.search(r"model name\s+: (.+)", Path("/proc/cpuinfo").read_text())
    gib = int(memory[1]) // 1024 // 1024 if memory else 0
    load = os.getloadavg()[0]
    processor = model[1] if model else "unknown"
    return f"{os.cpu_count()} cores ({processor}), {gib} GiB, load {load:.1f}, Python {sys.version.split()[0]}"


def sync_writes(folder: Path, seconds: float = 1.0) -> int:
    """Return how many 8 kB synchronous writes a second the disk takes: what bounds a single client's commits."""
    path, count = folder / "sync", 0
    with path.open("wb") as file:
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            file.write(b"0" * 8192)
            file.flush()
            os.fsync(file.fileno())
            count += 1
    path.unlink()
    return int(count / seconds)
