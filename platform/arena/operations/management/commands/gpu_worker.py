"""Serve the GPU queue with as many processes as there are devices to lease."""

from __future__ import annotations

import os
import sys

from django.core.management.base import BaseCommand, CommandError

from grader.sandbox import gpus


class Command(BaseCommand):
    help = "Starts the worker of the queue gpu, one process for each GPU or MIG slice of this machine."

    def handle(self, *arguments: object, **options: object) -> None:
        devices = gpus.discover()
        if not devices:
            raise CommandError("There is no GPU here: manage.py doctor says what was looked for.")
        self.stdout.write(f"{len(devices)} devices: {', '.join(device.name for device in devices)}")
        self.stdout.flush()
        celery = [sys.executable, "-m", "celery", "-A", "arena", "worker", "-n", "gpu@%h", "-Q", "gpu"]
        os.execv(sys.executable, [*celery, "-c", str(len(devices))])
