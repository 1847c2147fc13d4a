"""How a browser came to be somebody, as Django's session remembers it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class ByPhone(ModelBackend):
    """Sessions begun with a code sent to a phone: they are a patient's, whatever else the account may be."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **_: Any) -> None:
        """Know nobody: the code is proved by `accounts.check_code`, not by credentials."""
