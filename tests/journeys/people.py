"""The people who walk: each with a browser of their own, in their own language, looking at every page they come to."""

import base64
import hmac
import re
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.journeys.house import House, Inside
from tests.journeys.looking import DESK, PHONE, Looker

PASSWORD = "acompana-demo"


@dataclass
class World:
    """Where journeys take place: the running house, a browser, and what was seen already."""

    house: House
    inside: Inside
    browser: Browser
    looked_at: set[str] = field(default_factory=set)
    signed_in: dict[str, Any] = field(default_factory=dict)
    people: list["Person"] = field(default_factory=list)


class Person:
    """Somebody with a browser."""

    size = PHONE

    def __init__(self, world: World, *, language: str = "es", javascript: bool = True, **how: Any) -> None:
        self.world, self.language = world, language
        self.context: BrowserContext = world.browser.new_context(
            base_url=world.house.address,
            viewport=self.size,
            locale={"es": "es-MX", "en": "en-US"}[language],
            permissions=["camera", "microphone"],
            java_script_enabled=javascript,
            **how,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.looker = Looker(self.page, world.house.address)
        self.javascript = javascript
        world.people.append(self)

    # --- what they do ------------------------------------------------------------------------------------------------

    def goes_to(self, address: str) -> int:
        """Open an address, and return its status."""
        answer = self.page.goto(address)
        return answer.status if answer else 0

    def presses(self, words: str, **values: str) -> None:
        """Press the button or link that says this, in their language."""
        self.pressable(words, **values).first.click()
        self.page.wait_for_load_state()

    def pressable(self, words: str, **values: str) -> Locator:
        name = re.compile(re.escape(self.in_their_words(words, **values)))
        return self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))

    def writes(self, name: str, words: str) -> None:
        """Write into the field of this name."""
        self.page.fill(f"[name={name}]", words)

    def looks(self, what: str) -> None:
        """Look at the page as everybody will: once for each sort of page."""
        if self.javascript and what not in self.world.looked_at:
            self.world.looked_at.add(what)
            self.looker.look(what)

    # --- what they see -----------------------------------------------------------------------------------------------

    def sees(self, words: str, **values: str) -> None:
        """See words of the page, in their language, now or within a moment."""
        text = self.in_their_words(words, **values)
        expect(self.page.locator("body")).to_contain_text(text, timeout=15_000)

    def in_their_words(self, words: str, **values: str) -> str:
        with override(self.language):
            return gettext(words) % values if values else gettext(words)

    @property
    def place(self) -> str:
        """Return the path of the page they are on."""
        return self.page.url.removeprefix(self.world.house.address)

    def leaves(self) -> list[str]:
        """Close the browser, and return whatever was wrong with what they saw."""
        self.context.close()
        return self.looker.wrong


class Patient(Person):
    """Somebody who asks for help, on a phone."""

    def __init__(self, world: World, name: str, phone: str, **how: Any) -> None:
        super().__init__(world, **how)
        self.name, self.phone = name, phone

    @property
    def e164(self) -> str:
        return "+1" + re.sub(r"\D", "", self.phone)

    def reads_the_code(self, after: int) -> str:
        """Wait for the next message with a code, and return its digits."""
        body = self.world.inside.last_message("code", self.e164, after)["body"]
        return re.search(r"\d{6}", body)[0]

    def codes_so_far(self) -> int:
        return self.world.inside.count("code", self.e164)


class Staff(Person):
    """Somebody who works with it, at a desk."""

    size = DESK

    def __init__(self, world: World, handle: str) -> None:
        super().__init__(world, storage_state=world.signed_in.get(handle))
        self.handle = handle

    def signs_in(self) -> None:
        """Sign in by e-mail and password, and with a second factor where the house asks for one."""
        if self.handle in self.world.signed_in:
            return
        self.goes_to("/cuenta/login/")
        self.looks("staff sign-in")
        self.writes("login", f"{self.handle}@acompana.example")
        self.writes("password", PASSWORD)
        self.presses("Go in")
        if self.world.house.staff_need_a_second_factor:
            self._sets_up_a_second_factor()
        self.world.signed_in[self.handle] = self.context.storage_state()

    def _sets_up_a_second_factor(self) -> None:
        self.page.wait_for_url(re.compile("totp/activate"))
        self.looks("second factor")
        secret = self.page.locator("#authenticator_secret").input_value()
        self.writes("code", six_digits(secret, time.time()))
        self.page.locator("main form button, main form [type=submit]").first.click()
        self.page.wait_for_load_state()


def six_digits(secret: str, at: float) -> str:
    """Return what an authenticator shows at an instant (RFC 6238, thirty seconds, SHA-1)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // 30), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
