"""`manage.py queue`: the admin's desk in a shell."""

from __future__ import annotations

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from arena.operations import desk, desk_services
from arena.submissions.models import Attempt, Worker

ACTS = ("drain", "undrain", "requeue", "hold", "release", "take-back")


class Command(BaseCommand):
    help = "Show lanes, workers, what runs and what is stuck; drain a worker, requeue or hold an attempt."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_mutually_exclusive_group()
        for verb in ("drain", "undrain"):
            verbs.add_argument(f"--{verb}", metavar="WORKER", help="by its name, as cpu@host")
        for verb in ("requeue", "hold", "release", "take-back"):
            verbs.add_argument(f"--{verb}", type=int, metavar="ATTEMPT", help="by its number below")
        verbs.add_argument("--requeue-all", action="store_true", help="everything that was set aside")

    def handle(self, *args: object, requeue_all: bool, **options: object) -> None:
        for verb in ACTS:
            if (which := options[verb.replace("-", "_")]) is not None:
                return self._act(verb, which)
        if requeue_all:
            rows = list(desk.set_aside())
            for row in rows:
                desk_services.requeue(row, actor=None)
            return self.stdout.write(json.dumps({"requeued": len(rows)}))
        return self.stdout.write(json.dumps(_state(), indent=2))

    def _act(self, verb: str, which: object) -> None:
        model, key = (Worker, "name") if verb in {"drain", "undrain"} else (Attempt, "pk")
        row = model.objects.filter(**{key: which}).first()
        if row is None:
            raise CommandError(f"There is no {model._meta.model_name} {which}.", returncode=2)
        try:
            if verb in {"drain", "undrain"}:
                desk_services.drain(row, actor=None, is_draining=verb == "drain")
            elif verb in {"hold", "release"}:
                desk_services.hold(row, actor=None, is_held=verb == "hold")
            else:
                (desk_services.requeue if verb == "requeue" else desk_services.take_back)(row, actor=None)
        except desk_services.NotPossible as error:
            raise CommandError(f"Not possible: {error}.", returncode=2) from error
        self.stdout.write(json.dumps({"done": verb, "on": str(row)}))


def _state() -> dict[str, object]:
    now = timezone.now()
    return {
        "lanes": [asdict(lane) for lane in desk.lane_states(at=now)],
        "workers": [
            {
                "name": w.name, "lanes": w.lanes, "processes": w.processes, "running": w.n_running,
                "abilities": w.abilities, "is_alive": w.is_alive, "is_draining": w.is_draining,
                "restarts": w.restarts,
            }
            for w in desk.workers(at=now)
        ],
        "running": [_row(a) for a in desk.running()],
        "stuck": [_row(a) for a in desk.stuck()],
        "set_aside": [_row(a) for a in desk.set_aside()],
        "free_mb": desk.room_mb(),
    }  # fmt: skip


def _row(attempt: Attempt) -> dict[str, object]:
    return {
        "attempt": attempt.pk, "submission": attempt.submission_id, "competition": attempt.submission.competition.slug,
        "student": attempt.submission.user.email, "worker": attempt.worker, "faults": attempt.faults,
        "is_held": attempt.is_held, "message": attempt.message,
    }  # fmt: skip
