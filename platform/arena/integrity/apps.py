from datetime import datetime

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "arena.integrity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.integrity.runs import keep_going
        from arena.submissions.signals import swept

        def on_swept(sender: object, *, at: datetime, **_: object) -> None:
            keep_going(at=at)

        swept.connect(on_swept, weak=False, dispatch_uid="plagiarism runs that stand still")
