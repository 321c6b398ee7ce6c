from datetime import timedelta

import django.utils.timezone
from django.db import migrations, models
from django.utils.crypto import salted_hmac


def keep(apps, schema_editor):
    """What was made before may do all that it could, and ends in 90 days or with its owner's password."""
    for token in apps.get_model("accounts", "ApiToken").objects.select_related("user"):
        secret = f"{token.user.password}\n{token.user.email}"
        token.credentials = salted_hmac("arena.accounts.credentials", secret, algorithm="sha256").hexdigest()
        token.scopes = ["read", "submit", "marks"]
        token.expires_at = django.utils.timezone.now() + timedelta(days=90)
        token.save(update_fields=["credentials", "scopes", "expires_at"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_may_create_courses")]
    operations = [
        migrations.AddField("apitoken", "scopes", models.JSONField(default=list)),
        migrations.AddField(
            "apitoken", "credentials", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AddField(
            "apitoken",
            "expires_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(keep, migrations.RunPython.noop, elidable=True),
    ]
