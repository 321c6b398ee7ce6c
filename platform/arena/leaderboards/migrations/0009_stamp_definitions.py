from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def stamp(apps, schema_editor):
    """A row's scores are those of its final and its best submission."""
    submissions = apps.get_model("submissions", "Submission")._base_manager
    final, best = (
        Subquery(submissions.filter(pk=OuterRef(name)).values("definition")[:1]) for name in ("final", "best")
    )
    rows = apps.get_model("leaderboards", "BoardRow").objects
    rows.exclude(final=None, best=None).update(definition=Coalesce(final, best))


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0008_definition"), ("submissions", "0016_stamp_definitions")]
    operations = [migrations.RunPython(stamp, migrations.RunPython.noop, elidable=True)]
