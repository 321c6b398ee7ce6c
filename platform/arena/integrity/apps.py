from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "arena.integrity"
    default_auto_field = "django.db.models.BigAutoField"
