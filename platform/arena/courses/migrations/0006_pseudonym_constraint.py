from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_pseudonyms_look_different")]
    operations = [
        migrations.AddConstraint(
            "enrolment",
            models.UniqueConstraint(
                condition=models.Q(("pseudonym_key", ""), _negated=True),
                fields=("course", "pseudonym_key"),
                name="pseudonyms_look_different",
            ),
        ),
    ]
