"""Filters every template may use: days, hours and zones in words."""

from datetime import datetime

from django import template
from django.utils.translation import get_language

from scheduling import phones, spoken

register = template.Library()


@register.filter
def hour(instant: datetime, zone: str) -> str:
    return spoken.hour(instant, zone, get_language())


@register.filter
def day(instant: datetime, zone: str) -> str:
    return spoken.day(instant, zone, get_language())


@register.filter
def zone_name(zone: str) -> str:
    return spoken.zone(zone, get_language())


@register.filter
def phone(e164: str) -> str:
    return phones.display(e164)
