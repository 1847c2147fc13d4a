"""Ours, asked the same: the open times of one clinician for one day, through the whole request."""

import json
import os
import statistics
import time
from datetime import UTC, datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks import stage  # noqa: E402

day = datetime.now(UTC).date() + timedelta(days=7)
while day.weekday() > 4:
    day += timedelta(days=1)
browser = Client()
address = f"/api/v1/slots?state=TX&language=es&limit=100&from={day}&to={day}&clinician={stage.clinician()}"


def ask():
    return browser.get(address)


assert ask().status_code == 200
times = []
for _ in range(100):
    begun = time.perf_counter()
    ask()
    times.append((time.perf_counter() - begun) * 1000)
with CaptureQueriesContext(connection) as captured:
    found = ask().json()["slots"]
print(json.dumps({"times": len(found), "queries": len(captured), "p50": statistics.median(times)}))
