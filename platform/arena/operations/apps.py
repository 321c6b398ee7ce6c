from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "arena.operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.operations.heartbeats import on_swept
        from arena.submissions.signals import swept

        swept.connect(on_swept, weak=False, dispatch_uid="sweeper heartbeat")
