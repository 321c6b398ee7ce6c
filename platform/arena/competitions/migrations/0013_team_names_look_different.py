from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("competitions", "0012_team_name_keys")]
    operations = [
        migrations.RemoveConstraint("team", "team_names_differ"),
        migrations.AddConstraint(
            "team",
            models.UniqueConstraint(fields=("competition", "name_key"), name="team_names_look_different"),
        ),
    ]
