"""How the admin's pages treat rows: what the site's own pages write is only looked at; what is changed here is recorded."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from arena.audit.models import Event
from arena.audit.services import record


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the site's own pages write, for those check, refuse and record."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RecordedAdmin(admin.ModelAdmin):
    """Rows that admins write here. Each act is an event, in the transaction of the act; secrets are never written down."""

    secrets = frozenset({"password", "password1", "password2", "usable_password"})

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        fields = {name: str(form.cleaned_data.get(name)) for name in form.changed_data if name not in self.secrets}
        self._record(request, "changed" if change else "added", obj, fields=fields)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, "deleted", obj, name=str(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for obj in queryset:
            self._record(request, "deleted", obj, name=str(obj))
        super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, act: str, obj: Model, **details: object) -> None:
        record(f"{obj._meta.model_name}.{act}", obj, actor=request.user, **details)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "target", "origin")
