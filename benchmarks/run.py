"""`make bench`: search, booking and races of the whole service, its memory, and beside it a peer and the bare database.

With `--keep` the data of the last run is used again. BENCH_CLINICIANS makes it smaller.
"""

import os
import sys
from datetime import UTC, datetime

from benchmarks import service

DATA = service.BASE / ".data" / "bench"
os.environ |= service.environment(DATA) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
if "--keep" not in sys.argv:
    service.forget(DATA)  # before the settings read the keys that lie there

import django  # noqa: E402

django.setup()

from benchmarks import assignment, booking, limits, peers, races, search, stage  # noqa: E402


def main() -> None:
    """Measure everything and print it as tables."""
    print(f"Measured {datetime.now(UTC):%Y-%m-%d} on {service.machine()}")
    stage.build()
    print(f"The disk takes {service.sync_writes(DATA):,} synchronous 8 kB writes a second\n", flush=True)
    tokens = stage.patients(1500)
    with service.workers(2, DATA) as port:
        search.report(port)
        booking.report(port, tokens)
    with service.workers(8, DATA) as port:
        races.report(port, tokens)
    assignment.report()
    limits.report()
    peers.report()
    footprint()


def footprint() -> None:
    """Print how long the demo takes to start and how much memory it holds."""
    seen = service.embedded(service.BASE / ".data" / "bench-serve")
    print("### The embedded service\n\n| what | measured | goal |\n| --- | --- | --- |")
    print(f"| first start, the demo seeded | {seen['first']:.1f} s | |")
    print(f"| second start, until pages answer | {seen['second']:.1f} s | ≤ 8 s |")
    print(f"| memory, idle, the whole process tree with PostgreSQL (PSS) | {seen['memory']:.0f} MB | ≤ 350 MB |")


if __name__ == "__main__":
    main()
