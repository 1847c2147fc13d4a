"""The steps a patient takes through the pages, one function each, with Django's test client."""

from tests.reading import Page, read

TIMES = "/horas/?state=TX&language=es"
LUPITA = {"name": "Lupita", "country": "US", "phone": "713 555 0142", "reason": "Me duele la cabeza", "email": ""}


def times(client, address: str = TIMES) -> Page:
    return read(client.get(address))


def hold(client, number: int = 0) -> str:
    """Hold one of the open times, by default the first; return the address of the page that asks for whom."""
    return client.post("/apartar/", {"slot": times(client).slots[number]}).url


def ask_for_code(client, held: str, **typed: str) -> str:
    """Fill in who it is for, and return the address of the page that wants the code."""
    return client.post(held, LUPITA | typed).url


def book(client, outbox, **typed: str) -> str:
    """Take every step; return the address of the visit's page."""
    wants_code = ask_for_code(client, hold(client), **typed)
    return client.post(wants_code, {"code": outbox.code()}).url


def wrong(code: str) -> str:
    """Return six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06}"
