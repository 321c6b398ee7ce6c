"""The site: everything that knows a database or a request."""

from arena.celery import app as celery_app

__all__ = ["celery_app"]
