"""People and their API tokens."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

CREDENTIALS = "arena.accounts.credentials"


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person. `is_superuser` makes an admin; roles in a course are enrolments."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    # the language last chosen on the site; empty: what the browser asks for
    language = models.CharField(_("language"), max_length=8, blank=True)
    may_create_courses = models.BooleanField(
        _("may create courses"), default=False, help_text=_("Becomes the instructor of every course made so.")
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What sessions and tokens are bound to: a new password or e-mail address ends those made before it."""
        return salted_hmac(CREDENTIALS, f"{self.password}\n{self.email}", secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a token may do. Whoever may write may not thereby read more."""

    READ = "read", _("read competitions, boards and your submissions")
    SUBMIT = "submit", _("hand in, cancel and choose submissions")
    MARKS = "marks", _("read your marks")


class ApiToken(models.Model):
    """A key to the HTTP API (`tokens` makes and checks them). The plain text is shown once, when it is made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    # the owner's credentials when it was made: it dies with them
    credentials = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]


class Try(models.Model):
    """A wrong password, or a link that was mailed: what `throttle` counts. Old ones are cleared away."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in"
        MAIL = "mail"

    kind = models.CharField(max_length=8, choices=Kind)
    # a hash of the address that was typed
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["account", "at"]), models.Index(fields=["address", "at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class IdempotencyKey(models.Model):
    """A form that a person has just sent (see `idempotency`). `location` is where its answer led; empty while it is worked on."""

    key = models.CharField(max_length=64, unique=True)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M}"
