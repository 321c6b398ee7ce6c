"""Passwords that somebody would guess are refused when they are set."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from arena.accounts.models import User

# of zxcvbn's 0 to 4; from 3 on more than a hundred million guesses are needed
LEAST = 3
# what is read of a password: the estimate's cost grows with its length
READ = 72


class GuessablePasswordValidator:
    """Refuses common passwords and their usual disguises, keyboard rows, dates, and what is known of the person.

    The guesses are counted by zxcvbn (Wheeler 2016), with its lists of leaked passwords, names and words.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        from zxcvbn import zxcvbn

        known = ["arena"] if user is None else ["arena", user.email, *user.email.split("@"), *user.name.split()]
        if password and zxcvbn(password[:READ], user_inputs=known)["score"] < LEAST:
            raise ValidationError(
                _(
                    "This password is easily guessed. Take a longer one, such as four words that have nothing in common."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("It can't be one that many people use, a keyboard row, a date, or made of your name.")
