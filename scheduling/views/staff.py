"""Which pages are for staff, and the second factor they need outside the demo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from scheduling import clock
from scheduling.access import half_way_in, viewer
from scheduling.models import Role
from scheduling.refusals import NotFound

View = Callable[..., HttpResponse]


def for_staff(*roles: Role) -> Callable[[View], View]:
    """Let in who has one of the roles; others see nothing there, and whoever is nobody yet signs in first.

    Outside the demo, who has no second factor is led to the page where it is set up.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if half_way_in(request.user, request.session):
                return redirect("mfa_activate_totp")
            if not viewer(request, clock.now()).has_role(*roles):
                raise NotFound
            return view(request, *args, **kwargs)

        return guarded

    return decorate
