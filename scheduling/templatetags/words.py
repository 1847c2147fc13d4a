"""Tags and filters every template may use: days, hours and zones in words, icons, and the other language's link."""

from datetime import date, datetime, time

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from scheduling import languages, phones, spoken
from scheduling.models import VisitType

register = template.Library()


@register.filter
def hour(instant: datetime, zone: str) -> str:
    return spoken.hour(instant, zone, get_language())


@register.filter
def the_hour(instant: datetime, zone: str) -> str:
    return spoken.the_hour(instant, zone, get_language())


@register.filter
def the_person(name: str) -> str:
    return spoken.the_person(name, get_language())


@register.filter
def day(instant: datetime, zone: str) -> str:
    return spoken.day(instant, zone, get_language())


@register.filter
def day_alone(when: date) -> str:
    """Return a day of the calendar in words, whatever the clock."""
    return spoken.date_alone(when, get_language())


@register.filter
def wall_time(typed: object) -> str:
    """Return an hour of the wall clock as it was typed, or as it is kept."""
    return f"{typed:%H:%M}" if isinstance(typed, time) else str(typed or "…")


@register.filter
def zone_name(zone: str) -> str:
    return spoken.zone(zone, get_language())


@register.filter
def phone(e164: str) -> str:
    return phones.display(e164)


@register.filter
def tongue(code: str) -> str:
    """Return what a language is called; its code if we have no name for it."""
    return languages.name(code, get_language()) if code else _("any language")


@register.filter
def type_name(visit_type: VisitType) -> str:
    return visit_type.name(get_language())


@register.filter
def initials(name: str) -> str:
    """Return the two letters that stand in an arch: of the last two words, titles left out."""
    words = [word for word in name.split() if not word.endswith(".")]
    return "".join(word[0] for word in words[:2]).upper()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it never stands without a word beside it."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.simple_tag(takes_context=True)
def in_language(context: template.Context, code: str) -> str:
    """Return this page's address in the other language, with everything else it was asked."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query["lang"] = code
    return f"?{query.urlencode()}"
