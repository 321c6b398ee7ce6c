from django.db import migrations, models

from arena.lookalikes import skeleton


def fold(apps, schema_editor):
    """Give each pseudonym its key; of two that look alike the later one keeps its name, under a key of its own."""
    seen = set()
    for enrolment in apps.get_model("courses", "Enrolment").objects.exclude(pseudonym="").order_by("pk"):
        key = skeleton(enrolment.pseudonym)
        if (enrolment.course_id, key) in seen:
            key = f"{key}#{enrolment.pk}"
        seen.add((enrolment.course_id, key))
        enrolment.pseudonym_key = key
        enrolment.save(update_fields=["pseudonym_key"])


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_language")]
    operations = [
        migrations.AddField(
            "enrolment",
            "pseudonym_key",
            models.CharField(blank=True, default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.RunPython(fold, migrations.RunPython.noop, elidable=True),
    ]
