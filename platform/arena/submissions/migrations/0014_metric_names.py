from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0013_metric_failure")]
    operations = [migrations.AlterField("attempt", "metric", models.CharField(blank=True, max_length=120))]
