"""Every text of pages and messages that must exist in both languages, found in the sources.

Texts are written in English where they are used; the Spanish ones are written (not translated) in locale/es. Django's
own tool needs GNU gettext, which a machine may lack; Babel reads Python, and Django itself turns its templates into
something Babel can read.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

FLOORS = ("config", "realtime", "navigation", "scheduling")
HEADER = "# Acompaña: the texts of pages and messages. Written by people who speak it, not translated."
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def used() -> Catalog:
    """Return every message the sources use, with where."""
    catalog = Catalog(domain="django")
    for path, line, message in sorted(_found(), key=lambda one: (str(one[0]), one[1])):
        catalog.add(message, locations=[(str(path), line)])
    return catalog


def _found() -> Iterator[tuple[Path, int, str | tuple[str, ...]]]:
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        code = text if path.suffix == ".py" else _flat(templatize(text, origin=str(path)))
        for line, message, _comments, _context in extract("python", BytesIO(code.encode()), KEYWORDS):
            if message:
                yield path.relative_to(settings.BASE_DIR), line, message


def _flat(code: str) -> str:
    """Take away the indentation that a template's lines have and Python would trip over."""
    return "\n".join(line.strip() for line in code.splitlines())


def _sources() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (path for path in (settings.BASE_DIR / floor).rglob("*.py") if "migrations" not in path.parts)
    yield from (path for path in (settings.BASE_DIR / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def catalog_path(language: str) -> Path:
    """Return where a language's catalog lies."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def written(language: str) -> Catalog:
    """Return the catalog of a language; empty if there is none yet."""
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Return the messages the sources use and the language does not have."""
    have = written(language)
    return [str(message.id) for message in used() if message.id and not _has(have, message.id)]


def _has(catalog: Catalog, message: str | tuple[str, ...]) -> bool:
    key = message[0] if isinstance(message, tuple) else message
    found = catalog.get(key)
    return found is not None and all(found.string if isinstance(found.string, tuple) else [found.string])


def update(language: str) -> None:
    """Write the catalog anew: what is used, in the order of the sources, with what was already written.

    The rest leaves.
    """
    have = written(language)
    fresh = Catalog(
        locale=language,
        domain="django",
        project="Acompaña",
        version="1",
        header_comment=HEADER,
        msgid_bugs_address="",
        last_translator="Acompaña",
        language_team="Acompaña",
        charset="utf-8",
        fuzzy=False,
        creation_date=have.creation_date,
        revision_date=have.creation_date,
    )
    for message in used():
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            old = have.get(key)
            fresh.add(message.id, old.string if old else None, locations=[(where, 0) for where, _ in message.locations])
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=110, include_lineno=False, omit_header=False)
