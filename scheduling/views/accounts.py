"""How staff sign in: allauth's pages, closed to strangers, each led to where their work is."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import LoginForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from scheduling import clock, notifications
from scheduling.access import half_way_in, viewer
from scheduling.models import Channel, Notification, Queue, Role
from scheduling.notifications import Composed, Recipient

JUST_NOW = timedelta(minutes=5)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of staff are invited, never begun on a page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead a coordinator to the board, a clinician to their day, an interpreter to their turns, others home.

        Who still needs a second factor is led to where it is set up.
        """
        if half_way_in(request.user, request.session):
            return reverse("mfa_activate_totp")
        asker = viewer(request, clock.now())
        if asker.has_role(Role.COORDINATOR, Role.ADMIN, Role.NAVIGATOR):
            return reverse("board")
        if asker.has_role(Role.CLINICIAN):
            return reverse("day")
        return reverse("turns") if asker.has_role(Role.INTERPRETER) else reverse("home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe what allauth has to say to an account, like everything that is said to anybody."""
        user = context.get("user")
        if user is None:
            return
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email} | context)
        to = Recipient(Channel.EMAIL, user.language, address=email, data_key=user.data_key)
        words = {"subject": mail.subject, "body": mail.body}
        notifications.owe("account", [to], at=clock.now(), context=words, queue=Queue.PAGES)

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as it is: the site's address in front of it says nothing."""
        return subject

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


def absent(request: HttpRequest) -> HttpResponse:
    """Stand where allauth has a page that we do not offer: an address of staff is changed by who invited them."""
    raise Http404
