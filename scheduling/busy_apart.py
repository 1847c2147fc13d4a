"""Reading a foreign calendar in a process of its own, with an end to its time and memory.

Note [Why apart]. A file from anywhere decides how much work it is, and how much memory; the libraries that read it know
no limit. A process of its own cannot keep the worker, stop the pages of the embedded layout, or leave anything behind.
"""

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import busy, ics
from scheduling.availability import Interval
from scheduling.busy import Busy

SECONDS = 20
MEMORY = 1 << 30
NOT_A_CALENDAR = 3
_HOME = Path(__file__).resolve().parent.parent


class TooMuch(Exception):
    """The file takes more time or memory than anybody's calendar should."""


def read(
    data: bytes,
    since: datetime,
    until: datetime,
    *,
    zone: ZoneInfo,
    owner: str = "",
    leave_out: str = "",
    seconds: int = SECONDS,
) -> Busy:
    """Return what `busy.read` returns, or raise ics.NotACalendar, or TooMuch after so many seconds of work."""
    window = {"since": since.isoformat(), "until": until.isoformat()}
    asked = window | {"zone": zone.key, "owner": owner, "leave_out": leave_out}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "scheduling.busy_apart", str(seconds)],
            input=json.dumps(asked).encode() + b"\n" + data,
            capture_output=True,
            cwd=_HOME,
            timeout=seconds * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooMuch from None
    if done.returncode == NOT_A_CALENDAR:
        raise ics.NotACalendar
    if done.returncode:
        raise TooMuch
    return _busy(json.loads(done.stdout))


def _busy(said: dict[str, Any]) -> Busy:
    spans = [Interval(*(datetime.fromisoformat(edge) for edge in span)) for span in said.pop("intervals")]
    return Busy(spans, **said)


def main() -> int:
    """Read a question and a file from standard input, and print what was found as JSON."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.loads(sys.stdin.buffer.readline())
    since, until = (datetime.fromisoformat(asked.pop(edge)) for edge in ("since", "until"))
    try:
        found = busy.read(sys.stdin.buffer.read(), since, until, zone=ZoneInfo(asked.pop("zone")), **asked)
    except ics.NotACalendar:
        return NOT_A_CALENDAR
    said = asdict(found) | {"intervals": [(one.start.isoformat(), one.end.isoformat()) for one in found.intervals]}
    sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
