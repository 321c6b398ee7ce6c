"""`manage.py token EMAIL --name NAME`: a new API token of that person, for scripts on the server itself."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from arena.accounts.models import Scope, User
from arena.accounts.tokens import LIFETIMES, issue


class Command(BaseCommand):
    help = "Print a new API token of a person. It is shown this once, and the audit log tells that it was made here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="whose token it is")
        parser.add_argument("--name", required=True, help="what the person's list of tokens calls it")
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, help="what it may do; repeatable; without it everything"
        )
        parser.add_argument("--days", type=int, choices=sorted(LIFETIMES), default=LIFETIMES[0], help="until it ends")

    def handle(self, *, email: str, name: str, scope: list[str] | None, days: int, **options: object) -> None:
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"No active account has the address {email}.", returncode=2)
        _token, plain = issue(user, name=name[:80], scopes=scope or Scope.values, days=days, at=timezone.now())
        self.stdout.write(plain)
