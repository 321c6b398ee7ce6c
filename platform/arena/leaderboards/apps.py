from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    name = "arena.leaderboards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.competitions.models import Competition
        from arena.leaderboards.reproducing import settle
        from arena.leaderboards.services import refresh, regroup
        from arena.submissions.models import Attempt, Submission
        from arena.submissions.signals import entrants_changed, shadow_recorded, submission_recorded, swept

        def on_recorded(sender: type[Submission], submission: Submission, **_: object) -> None:
            refresh(submission)

        def on_entrants(sender: object, competition: Competition, user_ids: list[int], **_: object) -> None:
            regroup(competition, user_ids)

        def on_shadow(sender: type[Attempt], attempt_ids: list[int], **_: object) -> None:
            settle(attempt_ids)

        def on_swept(sender: object, **_: object) -> None:
            settle()

        submission_recorded.connect(on_recorded, weak=False, dispatch_uid="board row")
        entrants_changed.connect(on_entrants, weak=False, dispatch_uid="board rows of teams")
        shadow_recorded.connect(on_shadow, weak=False, dispatch_uid="reproductions")
        swept.connect(on_swept, weak=False, dispatch_uid="reproductions that nobody settled")
