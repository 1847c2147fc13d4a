"""Days, hours and zones as a person says them, in Spanish or English; instants aware, zones by IANA name."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

NBSP = "\u00a0"

_DAYS = {
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_MONTHS = {
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_NEAR = {"es": {0: "hoy", 1: "mañana"}, "en": {0: "today", 1: "tomorrow"}}

ZONES = {
    "America/New_York": ("hora del este (Nueva York, Miami)", "Eastern time (New York, Miami)"),
    "America/Chicago": ("hora del centro (Houston, Chicago)", "Central time (Houston, Chicago)"),
    "America/Denver": ("hora de la montaña (Denver)", "Mountain time (Denver)"),
    "America/Phoenix": ("hora de Arizona (Phoenix)", "Arizona time (Phoenix)"),
    "America/Los_Angeles": ("hora del Pacífico (Los Ángeles)", "Pacific time (Los Angeles)"),
    "America/Anchorage": ("hora de Alaska (Anchorage)", "Alaska time (Anchorage)"),
    "Pacific/Honolulu": ("hora de Hawái (Honolulu)", "Hawaii time (Honolulu)"),
    "America/Puerto_Rico": ("hora de Puerto Rico", "Puerto Rico time"),
    "America/Mexico_City": ("hora del centro de México", "Central Mexico time"),
    "America/Tijuana": ("hora de Tijuana", "Tijuana time"),
    "America/Ciudad_Juarez": ("hora de Ciudad Juárez", "Ciudad Juárez time"),
    "America/Hermosillo": ("hora de Sonora", "Sonora time"),
    "America/Cancun": ("hora de Quintana Roo", "Quintana Roo time"),
}

PLACES = {
    "America/New_York": ("Nueva York", "New York"),
    "America/Chicago": ("Houston", "Houston"),
    "America/Los_Angeles": ("Los Ángeles", "Los Angeles"),
    "America/Mexico_City": ("la Ciudad de México", "Mexico City"),
    "America/Ciudad_Juarez": ("Ciudad Juárez", "Ciudad Juárez"),
    "America/Hermosillo": ("Sonora", "Sonora"),
    "America/Cancun": ("Quintana Roo", "Quintana Roo"),
    "Pacific/Honolulu": ("Hawái", "Hawaii"),
}


def hour(instant: datetime, zone: str, language: str) -> str:
    """Return the time of day: ``5:00 p. m.`` in Spanish, ``5:00 p.m.`` in English, with spaces that do not break."""
    return wall(instant.astimezone(ZoneInfo(zone)).time(), language)


def wall(clock: time, language: str) -> str:
    """Return what a clock on the wall shows, in the same words."""
    half = "a" if clock.hour < 12 else "p"
    suffix = f"{half}.m." if language == "en" else f"{half}.{NBSP}m."
    return f"{clock.hour % 12 or 12}:{clock.minute:02}{NBSP}{suffix}"


def the_hour(instant: datetime, zone: str, language: str) -> str:
    """Return the time of day with what Spanish puts before it: ``las 5:00 p. m.``, ``la 1:00 p. m.``."""
    words = hour(instant, zone, language)
    if language == "en":
        return words
    return f"{'la' if words.startswith('1:') else 'las'} {words}"


def the_person(name: str, language: str) -> str:
    """Return a name with what Spanish puts before a title: ``el Dr. Andrés Ramos``, ``la Dra. Paula Mendoza``."""
    article = {"Dr.": "el ", "Dra.": "la "}.get(name.partition(" ")[0], "")
    return name if language == "en" else article + name


def day(instant: datetime, zone: str, language: str) -> str:
    """Return the day in words, without the year: ``martes 9 de marzo``, ``Tuesday, March 9``."""
    return _date(instant.astimezone(ZoneInfo(zone)).date(), language)


def date_alone(when: date, language: str) -> str:
    """Return a day of the calendar in words, without the year."""
    return _date(when, language)


def near_day(instant: datetime, zone: str, language: str, *, at: datetime) -> str:
    """Return the day in words, with ``hoy`` or ``mañana`` in front when it is."""
    place = ZoneInfo(zone)
    there, here = instant.astimezone(place).date(), at.astimezone(place).date()
    near = _NEAR[_known(language)].get((there - here).days)
    return f"{near}, {_date(there, language)}" if near else _date(there, language)


def at_hour(instant: datetime, zone: str, language: str) -> str:
    """Return the time of day as part of a sentence: ``a las 5:00 p. m.``, ``a la 1:00 p. m.``, ``at 5:00 p.m.``."""
    said = the_hour(instant, zone, language)
    return f"at {said}" if language == "en" else f"a {said}"


def on_day(instant: datetime, zone: str, language: str, *, at: datetime) -> str:
    """Return the day as a sentence begins: ``Mañana``, ``El martes 9 de marzo``, ``On Tuesday, March 9``."""
    place = ZoneInfo(zone)
    there = instant.astimezone(place).date()
    near = _NEAR[_known(language)].get((there - at.astimezone(place).date()).days)
    if near:
        return near.capitalize()
    return f"{'On' if language == 'en' else 'El'} {_date(there, language)}"


def listed(parts: list[str], language: str) -> str:
    """Return parts as a person lists them: ``a, b y c``, ``a, b and c``."""
    *most, last = parts
    joined = ", ".join(most)
    return f"{joined} {'and' if language == 'en' else 'y'} {last}" if most else last


def zone(name: str, language: str) -> str:
    """Return what people call a zone, with a city they know; for one we have no words for, its city."""
    words = ZONES.get(name)
    if words is None:
        city = place(name, language)
        return f"{city} time" if language == "en" else f"hora de {city}"
    return words[1] if language == "en" else words[0]


def place(name: str, language: str) -> str:
    """Return a place everybody knows whose clock a zone is: ``Houston``, ``la Ciudad de México``."""
    words = PLACES.get(name)
    if words is None:
        return name.rpartition("/")[2].replace("_", " ")
    return words[1] if language == "en" else words[0]


def _date(when: date, language: str) -> str:
    tongue = _known(language)
    weekday, month = _DAYS[tongue][when.weekday()], _MONTHS[tongue][when.month - 1]
    return f"{weekday}, {month}{NBSP}{when.day}" if tongue == "en" else f"{weekday} {when.day}{NBSP}de{NBSP}{month}"


def _known(language: str) -> str:
    return "en" if language == "en" else "es"
