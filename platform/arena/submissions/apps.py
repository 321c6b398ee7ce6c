from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "arena.submissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.submissions import starting  # noqa: F401 - a worker's signals
