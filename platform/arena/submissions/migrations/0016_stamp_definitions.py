from django.db import migrations
from django.db.models import OuterRef, Q, Subquery

from arena.competitions.definition import digest_of


def stamp(apps, schema_editor):
    """Say of every score by which metric and labels it was made: results have always named both."""
    attempts = apps.get_model("submissions", "Attempt")._base_manager
    submissions = apps.get_model("submissions", "Submission")._base_manager
    scored = attempts.exclude(metric="").filter(Q(public_score__isnull=False) | Q(private_score__isnull=False))
    kinds = scored.exclude(solution=None).order_by().values_list("metric", "solution").distinct()
    for metric, solution_id in kinds:
        solution = apps.get_model("competitions", "Solution").objects.select_related("competition").get(pk=solution_id)
        digest = digest_of(metric=metric, solution_sha256=solution.sha256, id_column=solution.competition.id_column)
        scored.filter(metric=metric, solution=solution_id).update(definition=digest)
    result = Subquery(attempts.filter(pk=OuterRef("result")).values("definition")[:1])
    submissions.exclude(result=None).update(definition=result)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0015_definition"), ("competitions", "0016_metric_names")]
    operations = [migrations.RunPython(stamp, migrations.RunPython.noop, elidable=True)]
