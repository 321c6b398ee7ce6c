from datetime import datetime

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    name = "arena.authoring"

    def ready(self) -> None:
        from arena.submissions.signals import swept

        def on_swept(sender: object, *, at: datetime, **_: object) -> None:
            from arena.authoring.own_metrics import ask_again  # with the grader's libraries, which no page needs

            ask_again(at=at)

        swept.connect(on_swept, weak=False, dispatch_uid="metric programs that nobody tried")
