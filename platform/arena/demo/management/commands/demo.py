"""`manage.py demo`: a whole site on this machine, until Ctrl-C; with --check it plays three people and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from arena.celery import app
from arena.demo import people
from arena.stack.processes import Supervisor, die_with_parent
from arena.stack.redis import redis_server

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)


class Command(BaseCommand):
    help = "Run the demo course: database, broker, workers, sweeper, clock and web server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--students", type=int, default=people.N_STUDENTS, help="how many students take part")
        parser.add_argument("--check", action="store_true", help="play a student, an instructor and an admin, then end")
        parser.add_argument(
            "--empty", action="store_true", help="no course and no students: one admin, to begin a term"
        )

    def handle(self, *args: object, port: int, students: int, check: bool, empty: bool, **options: object) -> None:
        for number in STOPPING:
            signal.signal(number, _stop)
        if check and "ARENA_VAR" not in os.environ:
            sys.exit(self._in_a_folder_of_its_own())
        try:
            # what the workers put into the temporary folder is gone with us, even what a killed one left
            with tempfile.TemporaryDirectory(prefix="arena-demo-", ignore_cleanup_errors=True) as temporary:
                os.environ["TMPDIR"] = tempfile.tempdir = temporary
                try:
                    self._serve(_free_port(port), students=students, check=check, empty=empty and not check)
                finally:
                    tempfile.tempdir = None
        except KeyboardInterrupt:
            self._say("Stopped")
            if check:
                sys.exit(130)

    def _in_a_folder_of_its_own(self) -> int:
        """A check neither needs nor touches an earlier demo's database: run it again with another ARENA_VAR."""
        with tempfile.TemporaryDirectory(prefix="arena-check-", ignore_cleanup_errors=True) as folder:
            env = {**os.environ, "ARENA_VAR": folder}
            # in a session of its own, so that a Ctrl-C reaches it once, from us
            process = subprocess.Popen(
                [sys.executable, *sys.argv], env=env, start_new_session=True, preexec_fn=die_with_parent
            )
            try:
                return process.wait()
            except KeyboardInterrupt:
                return 130
            finally:
                _end_in_peace()
                process.terminate()
                process.wait()

    def _serve(self, port: int, *, students: int, check: bool, empty: bool) -> None:
        var = Path(settings.VAR)
        supervisor = Supervisor(logs=var / "logs")
        with redis_server(var / "redis") as broker:
            try:
                os.environ["REDIS_URL"] = broker
                app.conf.broker_url = broker
                Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
                self._say("Preparing the database")
                call_command("migrate", verbosity=0)
                from arena.demo.seeding import seed, seed_admin

                if empty:
                    seed_admin()
                else:
                    seed(n_students=students)
                self._start(supervisor, port, has_students=not empty)
                address = f"http://127.0.0.1:{port}/"
                _wait_for(f"{address}healthz/")
                self._say(f"The site is up: {address}")
                for role, person in (
                    ("student", people.students()[0]),
                    ("instructor", people.INSTRUCTOR),
                    ("admin", people.ADMIN),
                ):
                    if role == "admin" or not empty:
                        self._say(f"  {role:11} {person.email}  password {people.PASSWORD}")
                if check:
                    from arena.demo.check import Check

                    ok = Check(address, report=var / "demo" / "quiz-lecture-1.xlsx", say=self._say).run()
                    if not ok:
                        self._show_logs(supervisor)
                        sys.exit(1)
                    return
                self._follow(supervisor)
            finally:
                _end_in_peace()
                supervisor.stop()

    def _start(self, supervisor: Supervisor, port: int, *, has_students: bool) -> None:
        python, manage = sys.executable, str(Path(settings.ROOT) / "manage.py")
        roots = os.pathsep.join([str(Path(settings.ROOT) / "platform"), str(settings.ROOT)])
        env = {"PYTHONPATH": roots, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
        web = [
            python,
            "-m",
            "gunicorn",
            "arena.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "8",
            "--no-control-socket",
        ]
        worker = [python, "-m", "celery", "-A", "arena", "worker", "--loglevel", "WARNING"]
        supervisor.start("web", web, env=env)
        # a file is scored in a moment, so it never waits behind code
        supervisor.start("scorer", [*worker, "-n", "scorer@%h", "-Q", "scoring,checks", "-c", "2"], env=env)
        supervisor.start("worker", [*worker, "-n", "worker@%h", "-Q", "cpu", "-c", "2"], env=env)
        supervisor.start("sweeper", [python, manage, "sweep"], env=env)
        # the clock, which has code compared after a deadline
        clock = [python, "-m", "celery", "-A", "arena", "beat", "--loglevel", "WARNING", "--pidfile="]
        supervisor.start("beat", [*clock, "-s", str(Path(settings.VAR) / "beat")], env=env)
        if has_students:
            supervisor.start("students", [python, manage, "demo_students"], env=env)

    def _follow(self, supervisor: Supervisor) -> None:
        """Show how the judging goes on, restart what crashed, until somebody stops us."""
        from arena.submissions.models import Submission

        students = "Students hand in now. " if "students" in supervisor.processes else ""
        self._say(f"{students}Stop with Ctrl-C.")
        last = (-1, -1)
        while True:
            for name in supervisor.restart_crashed():
                self._say(f"{name} crashed and was started again; see {supervisor.logs / name}.log")
            counts = (Submission.objects.filter(status="finished").count(), Submission.objects.count())
            if counts != last:
                self._say(f"judged {counts[0]} of {counts[1]} submissions")
                last = counts
            time.sleep(3)

    def _show_logs(self, supervisor: Supervisor) -> None:
        for log in sorted(supervisor.logs.glob("*.log")):
            self._say(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _stop(*_: object) -> None:
    """Raise KeyboardInterrupt, and again every two seconds until the end begins: some libraries swallow the first."""
    signal.setitimer(signal.ITIMER_REAL, 2, 2)
    raise KeyboardInterrupt


def _end_in_peace() -> None:
    """Nothing may cut the end short, not even an impatient second Ctrl-C."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


def _free_port(wanted: int) -> int:
    """The wanted port, or any free one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise RuntimeError("no free port on 127.0.0.1")


def _wait_for(address: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer within {seconds:g} s; see the logs.")
