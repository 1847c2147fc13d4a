"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from scheduling import clock
from scheduling.access import viewer
from scheduling.models import Role


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the help phone, where quick exit leads, and what a signed-in person's navigation shows."""
    return {
        "help_phone": settings.HELP_PHONE,
        "quick_exit_url": settings.QUICK_EXIT_URL,
        "demo": settings.DEMO,
        "embedded": settings.EMBEDDED,
        "menu": _menu(request),
    }


def _menu(request: HttpRequest) -> list[str]:
    """Return which pages of staff to link: names of URLs; nothing for everybody else."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return []
    asker = viewer(request, clock.now())
    pages = []
    if asker.has_role(Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN):
        pages += ["board", "wait_list"]
    if asker.has_role(Role.ADMIN):
        pages.append("volunteers")
    if asker.has_role(Role.CLINICIAN):
        pages.append("day")
    if asker.has_role(Role.INTERPRETER):
        pages.append("turns")
    if asker.has_role(Role.CLINICIAN, Role.INTERPRETER):
        pages.append("hours")
        pages.append("feeds")
    return pages
