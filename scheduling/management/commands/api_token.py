from argparse import ArgumentParser
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.management.base import CommandError

from scheduling import accounts, clock
from scheduling.access import System
from scheduling.management import DatabaseCommand
from scheduling.models import User, phone_hash


class Command(DatabaseCommand):
    help = "Print a new bearer token of an account, named by e-mail, phone (+1…), UUID, or a demo person's name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")

    def handle(self, *args: Any, **options: Any) -> None:
        user = _find(options["user"].strip())
        if user is None:
            raise CommandError("Nobody is known by that e-mail, phone or name.")
        self.stdout.write(accounts.issue_token(user, by=System("api_token"), at=clock.now()))


def _find(name: str) -> User | None:
    """Return the account meant, or None; a demo person has the UUID made of their name."""
    if "@" in name:
        return User.objects.filter(email=name.lower()).first()
    if name.startswith("+"):
        return User.objects.filter(phone_hash=phone_hash(name)).first()
    try:
        uuid = UUID(name)
    except ValueError:
        uuid = uuid5(NAMESPACE_URL, f"acompana-demo/{name}")
    return User.objects.filter(uuid=uuid).first()
