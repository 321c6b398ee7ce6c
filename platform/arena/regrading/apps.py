from django.apps import AppConfig


class RegradingConfig(AppConfig):
    name = "arena.regrading"
    default_auto_field = "django.db.models.BigAutoField"
