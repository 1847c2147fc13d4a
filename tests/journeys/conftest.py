"""One house and one browser for all journeys; whatever was wrong on a page fails the journey that saw it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.camera import film
from tests.journeys.house import house
from tests.journeys.people import World
from tests.processes import folder

CHROMIUM = "/usr/bin/chromium"
FONTS = Path(__file__).parent / "fonts.conf"
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def everything() -> Iterator[World]:
    """The house, running, and a browser."""
    with folder() as data, sync_playwright() as play:
        data.mkdir(mode=0o711, parents=True)
        running = house(data)
        try:
            running.start()
            inside = running.let_in()
            seen = f"--use-file-for-fake-video-capture={film(data / 'camera.y4m')}"
            env = os.environ | {"FONTCONFIG_FILE": str(FONTS)}
            browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, seen], env=env)
            yield World(running, inside, browser)
            browser.close()
            inside.leave()
        finally:
            running.stop()


@pytest.fixture
def world(everything: World) -> Iterator[World]:
    """The house for one journey: at its end everybody leaves, and nothing they saw was wrong."""
    everything.people.clear()
    yield everything
    wrong = [each for person in everything.people for each in person.leaves()]
    assert wrong == []
