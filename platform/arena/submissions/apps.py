from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "arena.submissions"
    default_auto_field = "django.db.models.BigAutoField"
