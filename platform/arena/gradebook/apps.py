from django.apps import AppConfig


class GradebookConfig(AppConfig):
    name = "arena.gradebook"
    default_auto_field = "django.db.models.BigAutoField"
