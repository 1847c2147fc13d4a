"""How staff sign in: allauth's pages, closed to strangers, each led to where their work is."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of staff are invited, never begun on a page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
