from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    name = "arena.leaderboards"
    default_auto_field = "django.db.models.BigAutoField"
