from django.apps import AppConfig


class RegradingConfig(AppConfig):
    name = "arena.regrading"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.regrading.services import settle
        from arena.submissions.models import Attempt
        from arena.submissions.signals import shadow_recorded

        def on_shadow(sender: type[Attempt], attempt_ids: list[int], **_: object) -> None:
            settle(attempt_ids)

        shadow_recorded.connect(on_shadow, weak=False, dispatch_uid="regrade progress")
