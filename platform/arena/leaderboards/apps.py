from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    name = "arena.leaderboards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.leaderboards.services import refresh
        from arena.submissions.models import Submission
        from arena.submissions.signals import submission_recorded

        def on_recorded(sender: type[Submission], submission: Submission, **_: object) -> None:
            refresh(submission)

        submission_recorded.connect(on_recorded, weak=False, dispatch_uid="board row")
