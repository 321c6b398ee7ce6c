from django.apps import AppConfig


class RegradingConfig(AppConfig):
    name = "arena.regrading"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.regrading.progress import move_all_on, settle
        from arena.submissions.models import Attempt
        from arena.submissions.signals import shadow_recorded, swept

        def on_shadow(sender: type[Attempt], attempt_ids: list[int], **_: object) -> None:
            settle(attempt_ids)

        def on_swept(sender: object, **_: object) -> None:
            move_all_on()

        shadow_recorded.connect(on_shadow, weak=False, dispatch_uid="regrade progress")
        swept.connect(on_swept, weak=False, dispatch_uid="regrades that stand still")
