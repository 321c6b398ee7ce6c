"""What the site stands on: the broker and the database."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from arena.celery import app
from arena.operations.findings import Finding, bad, good, without_passwords


def broker() -> list[Finding]:
    """Redis answers, keeps what it is given, and never throws a task away."""
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    address = without_passwords(str(app.conf.broker_url))
    try:
        with app.connection_for_read() as link:
            link.ensure_connection(max_retries=1, timeout=3)
            client = link.default_channel.client
            info = client.info()
    except (OSError, RedisError, OperationalError) as error:
        return [_no_broker(address, error)]
    found = [good("redis", f"version {info.get('redis_version')} at {address}")]
    if not info.get("aof_enabled"):
        found.append(
            bad(
                "redis persistence",
                "the append-only file is off",
                consequence="A restart of Redis forgets the queue; the sweeper rings again after a minute.",
                fix="Start redis-server with --appendonly yes.",
                is_required=False,
            )
        )
    if (policy := info.get("maxmemory_policy", "noeviction")) != "noeviction":
        found.append(
            bad(
                "redis eviction",
                f"maxmemory-policy is {policy}",
                consequence="When memory is short, Redis drops queued work.",
                fix="Set maxmemory-policy noeviction.",
            )
        )
    return found


def _no_broker(address: str, error: Exception) -> Finding:
    return bad(
        "redis",
        f"no answer from {address}: {without_passwords(str(error))[:200]}",
        consequence="Uploads are stored and wait; nothing is judged until the broker is back.",
        fix="Start Redis and set REDIS_URL. `make demo` brings one of its own while it runs.",
    )


def database() -> list[Finding]:
    address = settings.DATABASES["default"]
    place = f"{address['NAME']} at {address.get('HOST') or 'this machine'}"
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                version, mode = (
                    cursor.execute(q).fetchone()[0] for q in ("select sqlite_version()", "pragma journal_mode")
                )
                found = [good("database", f"SQLite {version}, {mode}, {address['NAME']}")]
            else:
                cursor.execute("show server_version")
                found = [good("database", f"PostgreSQL {cursor.fetchone()[0]}, {place}")]
    except DatabaseError as error:
        return [
            bad(
                "database",
                f"{place}: {without_passwords(str(error).strip())[:300]}",
                consequence="No page works.",
                fix="Start the database and check DATABASE_URL.",
            )
        ]
    return found + _migrations()


def _migrations() -> list[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return [good("migrations", "all applied")]
    names = ", ".join(f"{m.app_label}.{m.name}" for m, _ in plan[:5])
    return [
        bad(
            "migrations",
            f"{len(plan)} not applied: {names}{' ...' if len(plan) > 5 else ''}",
            consequence="Pages that need the missing tables fail.",
            fix="Make a backup, then run manage.py migrate.",
        )
    ]
