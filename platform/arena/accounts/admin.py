"""Accounts and API tokens for admins: no hash is shown, and a password is set by a form that hashes it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest, HttpResponse

from arena.accounts.models import ApiToken, User
from arena.audit.admin import RecordedAdmin
from arena.audit.services import record


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("email", "name", "language", "is_active", "is_staff", "is_superuser", "may_create_courses")


@admin.register(User)
class PersonAdmin(RecordedAdmin, UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "may_create_courses", "is_superuser")
    list_filter = ("is_active", "may_create_courses", "is_superuser")
    search_fields = ("email", "name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language")}),
        (None, {"fields": ("is_active", "may_create_courses", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            record("user.password_set", User.objects.get(pk=id), actor=request.user)
        return response


@admin.register(ApiToken)
class ApiTokenAdmin(RecordedAdmin):
    """To look at and to revoke."""

    list_display = ("name", "user", "created_at", "used_at")
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False
