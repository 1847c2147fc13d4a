"""A peer beside us: django-appointment from the package index, which is what a Django user would install first."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks import service

HERE = Path(__file__).resolve().parent
VENV = service.BASE / ".data" / "bench-peers"


def report() -> None:
    """Print what computing one day takes in django-appointment and in ours, on the same PostgreSQL in the same run."""
    print("## Beside django-appointment: the open times of one clinician, one day\n")
    if not (VENV / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    packages = ["Django>=5.2,<6", "django-appointment==3.12.0", "psycopg[binary]>=3.2,<4"]
    pip = [str(VENV / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peer = _measure(str(VENV / "bin" / "python"), "appointment_day.py")
    ours = _measure(sys.executable, "our_day.py")
    print("| system | times | queries | p50 | ratio |\n| --- | --- | --- | --- | --- |")
    print(f"| django-appointment {peer['version']} | {peer['times']} | {peer['queries']} | {peer['p50']:.1f} ms | 1 |")
    ratio = peer["p50"] / ours["p50"]
    print(
        f"| Acompaña | {ours['times']} | {ours['queries']} | {ours['p50']:.1f} ms | {ratio:.1f} times faster |\n",
        flush=True,
    )


def _measure(python: str, script: str) -> dict[str, float]:
    from config import embedded

    server = embedded.ensure()
    environment = service.environment(service.BASE / ".data" / "bench") | {
        "PEER_HOST": server.socket,
        "PYTHONPATH": str(service.BASE),
    }
    done = subprocess.run([python, str(HERE / script)], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])
