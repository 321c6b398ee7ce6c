from django.apps import AppConfig


class GradebookConfig(AppConfig):
    name = "arena.gradebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from arena.gradebook.selectors import quiz_rules
        from arena.quizzes.rules import set_source

        set_source(quiz_rules)
