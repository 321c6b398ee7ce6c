from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "arena.audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.admin.models import LogEntry
        from django.db.models.signals import post_save

        from arena.audit.services import record_named

        def on_admin(sender: type[LogEntry], instance: LogEntry, created: bool, **_: object) -> None:
            """What is done on the administration's own pages stands in the log like everything else."""
            if created and instance.content_type is not None:
                verb = {1: "added", 2: "changed", 3: "deleted"}.get(instance.action_flag, "changed")
                kind = f"{instance.content_type.app_label}.{instance.content_type.model}"
                record_named(
                    f"admin.{verb}",
                    f"{kind}:{instance.object_id}",
                    actor=instance.user,
                    name=instance.object_repr,
                    change=instance.get_change_message(),
                )

        post_save.connect(on_admin, sender=LogEntry, weak=False, dispatch_uid="audit of the administration")
