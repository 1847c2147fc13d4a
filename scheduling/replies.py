"""What a written reply says: plain words out of whatever a phone sends, and those every carrier expects us to know.

The English ones are the carriers' and the law's (47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel,
unsubscribe; and help). CANCEL means a visit where there is one to cancel, see scheduling/inbound.py.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

STOP: Final = frozenset(
    [
        *("stop", "stopall", "stop all", "unsubscribe", "end", "quit", "revoke", "optout", "opt out"),
        *("alto", "basta", "ya basta", "baja", "parar", "pare", "no mas", "no mas mensajes"),
    ]
)
START: Final = frozenset({"start", "unstop", "alta", "empezar", "activar"})
HELP: Final = frozenset({"ayuda", "help", "auxilio", "socorro", "sos"})
CANCEL: Final = frozenset({"cancelar", "cancel", "cancela", "cancelo", "anular"})

# However politely somebody asks for the end of it, and in however many words.
_NO_MORE: Final = re.compile(
    r"\b(no me (escriban?|manden?( mas)? mensajes|molesten?)|no quiero (mas |recibir )*mensajes"
    r"|dejen? de (escribir|mandar)\w*|stop (texting|messaging|sending)|(do not|dont|don t) (text|message|write)"
    r"|no more (texts|messages))\b"
)
_POLITE: Final = frozenset(
    [
        *("hola", "buenas", "buenos", "dias", "tardes", "noches", "por", "favor", "porfavor", "porfa", "gracias"),
        *("muchas", "senor", "senora", "senorita", "la", "el", "los", "las", "opcion", "numero"),
        *("hello", "hi", "please", "thanks", "thank", "you", "the", "option", "number"),
    ]
)
_NUMBERS: Final = {"uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "one": 1, "two": 2, "three": 3, "four": 4}
_KEYCAPS: Final = re.compile("[\ufe0f\u20e3]")


def plain(text: str) -> str:
    """Return text small, without accents, signs, emoji or doubled spaces: ``¡Sí, confirmo!`` → ``si confirmo``."""
    decomposed = unicodedata.normalize("NFKD", _KEYCAPS.sub("", text)).casefold()
    kept = "".join(" " if not one.isalnum() else one for one in decomposed if not unicodedata.combining(one))
    return " ".join(kept.split())


def core(text: str) -> str:
    """Return what is left of plain text without greetings and thanks; all of it if nothing else is there."""
    said = plain(text)
    return " ".join(word for word in said.split() if word not in _POLITE) or said


def means(text: str, words: Iterable[str]) -> bool:
    """Return whether a reply is one of the words, politely said or not."""
    return core(text) in words or plain(text) in words


def wants_no_more(text: str) -> bool:
    """Return whether somebody wants no more messages, in one word or in their own."""
    return means(text, STOP) or _NO_MORE.search(plain(text)) is not None


def is_polite(text: str) -> bool:
    """Return whether a reply is nothing but thanks or a greeting, or nothing at all: no answer is due.

    Whoever puts a question mark behind it asks: "???" and "Hola?" get one.
    """
    return "?" not in text and all(word in _POLITE for word in plain(text).split())


def wants_a_person(text: str) -> bool:
    """Return whether somebody asks for help: the word, or whatever follows it."""
    return core(text).partition(" ")[0] in HELP


def number(text: str) -> int | None:
    """Return the number a reply consists of, in digits or as a word; None for anything else."""
    said = core(text)
    if said in _NUMBERS:
        return _NUMBERS[said]
    return int(said) if re.fullmatch("[0-9]{1,2}", said) else None
