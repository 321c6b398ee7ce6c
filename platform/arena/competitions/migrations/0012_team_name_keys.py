from django.db import migrations, models

from arena.lookalikes import skeleton


def fold(apps, schema_editor):
    """Give each team's name its key; of two that look alike the later one keeps its name, under a key of its own."""
    seen = set()
    for team in apps.get_model("competitions", "Team").objects.order_by("pk"):
        key = skeleton(team.name)
        if (team.competition_id, key) in seen:
            key = f"{key}#{team.pk}"
        seen.add((team.competition_id, key))
        team.name_key = key
        team.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    dependencies = [("competitions", "0011_metric_program_asked_at")]
    operations = [
        migrations.AddField(
            "team", "name_key", models.CharField(default="", editable=False, max_length=160), preserve_default=False
        ),
        migrations.RunPython(fold, migrations.RunPython.noop, elidable=True),
    ]
