"""What is looked at on every page that is walked: can everybody use it, is it whole, is it silent, is it ours."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW, PHONE, DESK = {"width": 320, "height": 640}, {"width": 360, "height": 780}, {"width": 1280, "height": 900}
# Chromium says so for every page that is not a 200; what such a page says is looked at by the walk.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# Where pictures are kept, if anywhere: by day for the README, by night for whoever wants to look.
KEPT = {"light": "PICTURES", "dark": "PICTURES_DARK"}
# A picture that was just given its size is black until its next frame.
NEXT_FRAMES = """() => Promise.all([...document.querySelectorAll("video")]
    .filter((one) => one.srcObject && one.offsetParent)
    .map((one) => new Promise((seen) => { one.requestVideoFrameCallback(seen); setTimeout(seen, 1000); })))"""
HOW = {"runOnly": TAGS, "resultTypes": ["violations"]}


class Looker:
    """Looks at pages on behalf of one person, and keeps what is wrong."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, urlsplit(home).netloc
        self.wrong: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not STATUS.match(message.text):
            self.wrong.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in ("http", "https", "ws", "wss") and where.netloc != self.home:
            self.wrong.append(f"{self.page.url} asked {where.netloc} for {where.path}")

    def look(self, what: str) -> None:
        """Look at the page as it is now: wide and narrow, by day and by night; `what` names its pictures."""
        size = self.page.viewport_size
        for shape in (PHONE, DESK):
            self.page.set_viewport_size(shape)
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self._keep_a_picture(f"{what}-{shape['width']}", scheme)
                self._can_everybody_use_it(f"{shape['width']} px, {scheme}")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(NARROW)
        self._is_it_whole()
        self.page.set_viewport_size(size)

    def _keep_a_picture(self, name: str, scheme: str) -> None:
        if folder := os.environ.get(KEPT[scheme]):
            shape = self.page.viewport_size
            tall = self.page.evaluate("document.documentElement.scrollHeight")
            # As tall as the page: what sticks to the window's edge then stands where the page ends.
            self.page.set_viewport_size(shape | {"height": max(tall, shape["height"])})
            self.page.evaluate(NEXT_FRAMES)
            self.page.screenshot(path=Path(folder) / (re.sub(r"\W+", "-", name) + ".png"), scale="css")
            self.page.set_viewport_size(shape)

    def _can_everybody_use_it(self, how: str) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate("how => axe.run(document, how)", HOW)
        for rule in found["violations"]:
            nodes = [node["html"][:160] for node in rule["nodes"][:3]]
            self.wrong.append(f"{self.page.url} ({how}) {rule['id']}: {rule['help']} {nodes}")

    def _is_it_whole(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.wrong.append(f"{self.page.url}: {wide} px to the side at 320 px")
