from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0012_release")]
    operations = [migrations.AlterField("attempt", "metric", models.CharField(blank=True, max_length=120))]
