"""How staff sign in: allauth's pages, closed to strangers, each led to where their work is."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest
from django.urls import reverse

from scheduling import clock
from scheduling.access import viewer
from scheduling.models import Role


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


class SignIn(LoginForm):  # type: ignore[misc]
    """allauth's form in our clothes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "input"
