"""`manage.py serve`, which is `make run`: one process that becomes healthy, keeps its data and stops whole."""

import json
import re
import signal
import time
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from config import embedded
from tests.processes import PATIENCE, folder, free_port, manage, python, server_of, stop, until

WELL_WITHIN, AGAIN_WITHIN = 60, 30  # seconds; alone on a laptop 10 and 4, the rest is for a busy machine


class House:
    """The service, running in a folder of its own."""

    def __init__(self, data) -> None:
        self.data, self.port = data, free_port()
        self.began = time.monotonic()
        self.process = python(data, "manage.py", "serve", "--port", str(self.port), "--days", "3")

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError):
            return 0, ""

    def until_well(self, seconds: float) -> float:
        """Wait until /healthz says 200, and return after how long."""
        until(lambda: self.get("/healthz")[0] == 200 or self.process.poll() is not None, "healthy", seconds)
        assert self.process.poll() is None, self.process.stderr.read()
        return time.monotonic() - self.began

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """End it, and return what it had said."""
        self.process.send_signal(how)
        out, _ = self.process.communicate(timeout=PATIENCE * 2)
        return out


@pytest.fixture(scope="module")
def first():
    """The first start on a fresh machine, until it was well; stopped again."""
    with folder() as data:
        house = House(data)
        house.until_well(WELL_WITHIN)
        house.home = house.get("/")
        house.said = house.stop()
        yield house


@pytest.fixture
def data(first):
    """Where the first start left its data."""
    return first.data


@pytest.fixture
def house(data):
    running = House(data)
    yield running
    if running.process.poll() is None:
        stop(running.process, signal.SIGKILL)


def test_the_first_start_says_what_it_does_and_who_to_be(first):
    assert (first.home[0], "911" in first.home[1]) == (200, True)
    assert re.findall(r"^  (\w+).* …$", first.said, re.MULTILINE)[:2] == ["Database", "Organizations"]
    assert f"http://127.0.0.1:{first.port}" in first.said
    assert "dr_ramos@acompana.example" in first.said
    assert "acompana-demo" in first.said


def test_the_second_start_is_quick_and_keeps_the_data(house, data):
    seconds = house.until_well(AGAIN_WITHIN)
    assert seconds < AGAIN_WITHIN
    slots = json.loads(house.get("/api/v1/slots?state=TX&language=es")[1])["slots"]
    said = house.stop()
    assert slots
    assert "Organizations" not in said


def test_pages_of_the_demo_and_static_files_are_served(house):
    house.until_well(AGAIN_WITHIN)
    demo, outbox = house.get("/demo/"), house.get("/demo/outbox")
    styles = re.findall(r'href="(/static/[^"]+\.css)"', demo[1])
    assert (demo[0], outbox[0]) == (200, 200)
    assert [house.get(style)[0] for style in styles] == [200] * len(styles)
    house.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_well_and_its_database_with_it(house, data, how):
    house.until_well(AGAIN_WITHIN)
    house.stop(how)
    assert house.process.returncode in (0, -how)
    assert server_of(data / "postgres") is None


def test_where_something_listens_already_it_says_so_and_fails(house, data):
    house.until_well(AGAIN_WITHIN)
    second = python(data, "manage.py", "serve", "--port", str(house.port))
    _, complaint = second.communicate(timeout=AGAIN_WITHIN)
    assert second.returncode == 1
    assert "Address already in use" in complaint
    assert "--port" in complaint
    assert house.get("/healthz")[0] == 200
    house.stop()


def test_without_its_database_it_says_that_it_is_unwell(house, data):
    house.until_well(AGAIN_WITHIN)
    place = embedded._place(data)
    embedded._run(place, "pg_ctl", "-D", str(place.data), "-m", "immediate", "stop")
    status, body = house.get("/healthz")
    assert (status, json.loads(body)["database"]) == (503, False)


def test_another_command_may_work_beside_it(house, data):
    house.until_well(AGAIN_WITHIN)
    assert manage(data, "api_token", "lupita").strip()
    assert house.get("/healthz")[0] == 200
    house.stop()
    assert server_of(data / "postgres") is None
