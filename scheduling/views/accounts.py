"""How staff sign in: allauth's pages, closed to strangers, each led to where their work is."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import LoginForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from scheduling import clock
from scheduling.access import viewer
from scheduling.models import Notification, Role
from scheduling.notifications import Composed

JUST_NOW = timedelta(minutes=5)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of staff are invited, never begun on a page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead a coordinator to the board, a clinician to their day, everybody else to the first page."""
        asker = viewer(request, clock.now())
        if asker.has_role(Role.COORDINATOR, Role.ADMIN, Role.NAVIGATOR):
            return reverse("board")
        return reverse("day") if asker.has_role(Role.CLINICIAN) else reverse("home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before the second factor changes.

        Not of who has none yet and signed in a moment ago: they are on the way to set it up.
        """
        request = self.request
        if is_mfa_enabled(request.user):
            return True
        signed_in = [record["at"] for record in get_authentication_records(request, request.user)]
        return not signed_in or clock.now().timestamp() - signed_in[-1] > JUST_NOW.total_seconds()


class SignIn(LoginForm):  # type: ignore[misc]
    """allauth's form in our clothes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "input"


def compose_approved(notification: Notification, at: datetime) -> Composed:
    """Return what an approved volunteer is told: where to choose a password, by a link made now that works once."""
    user = notification.user
    assert user, "a volunteer has an account"
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link = f"{settings.SITE_URL}/cuenta/password/reset/key/{key}/"
    return Composed({"name": user.preferred_name, "link": link, "help_phone": settings.HELP_PHONE})
