from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("competitions", "0015_metric_program_wording")]
    operations = [
        migrations.AlterField(
            "competition", "metric", models.CharField(default="accuracy", max_length=120, verbose_name="metric")
        )
    ]
