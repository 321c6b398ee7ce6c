"""From an upload over HTTP to its score on an idle site: web server, broker, worker and database are the real ones.

Run as `python benchmarks/latency.py [--uploads 60] [--rows 10000] [--postgres]` from the root. Files go up one after
another; a student's program asks for the score every 5 ms until it is there. `over scoring` is the whole way less the
scoring of the same file alone, and its 95th percentile is to stay below 300 ms. On a busy machine read the ratio.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from arena.stack.processes import Supervisor  # noqa: E402 - the roots come first
from arena.stack.redis import redis_server  # noqa: E402
from grader.predictions import read_solution  # noqa: E402
from grader.scoring import score_file  # noqa: E402

TARGET_MS = 300.0
LABELS = "0123456789"
PREPARE = """
from datetime import timedelta
from pathlib import Path
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from arena.accounts.models import User
from arena.accounts.tokens import issue
from arena.competitions.models import Competition
from arena.competitions.services import set_solution
from arena.courses.models import Course, Enrolment, Role
course = Course.objects.create(slug="ml", title="Machine learning", term="2026")
user = User.objects.create_user("student@bench.example", "a long password", name="The student")
Enrolment.objects.create(course=course, user=user, role=Role.STUDENT, group="141")
now = timezone.now()
competition = Competition.objects.create(
    course=course, slug="bench", title="Bench", metric="accuracy", daily_limit=100_000,
    opens_at=now - timedelta(days=1), deadline=now + timedelta(days=1),
)
set_solution(competition, path=Path({solution!r}))
print(issue(user, name="bench", at=now)[1])
"""
PHASES = """
from arena.submissions.models import Attempt
for a in Attempt.objects.select_related("submission").order_by("pk"):
    print((a.started_at - a.submission.submitted_at).total_seconds(), (a.finished_at - a.started_at).total_seconds())
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=60)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    options = parser.parse_args()
    random_ = random.Random(0)
    labels = [random_.choice(LABELS) for _ in range(options.rows)]
    with tempfile.TemporaryDirectory(prefix="arena-latency-") as name:
        folder = Path(name)
        solution = folder / "solution.csv"
        usage = ("Public", "Private")
        rows = (f"{i},{label},{usage[i % 2]}" for i, label in enumerate(labels))
        solution.write_text("\n".join(["id,label,Usage", *rows]) + "\n")
        files = [_predictions(labels, random_) for _ in range(options.uploads + WARM_UP)]
        scoring = _scoring_ms(solution, files, folder)
        with _site(folder, solution, postgres=options.postgres) as (port, token, manage):
            client = Client(port, token)
            measured = [client.upload_and_wait(data) for data in files][WARM_UP:]
            phases = [tuple(map(float, line.split())) for line in manage(PHASES).splitlines()][WARM_UP:]
    total = [sum(each) for each in measured]
    over = [whole - alone for whole, alone in zip(total, scoring[WARM_UP:], strict=True)]
    print(
        f"{options.uploads} uploads of {options.rows} rows, {'PostgreSQL' if options.postgres else 'SQLite'}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"{'ms':28}{'best':>8}{'p50':>8}{'p95':>8}")
    for title, values in {
        "upload answered": [answered for answered, _ in measured],
        "  until a worker claims": [1000 * waited for waited, _ in phases],
        "  claim to record": [1000 * worked for _, worked in phases],
        "upload to score, in all": total,
        "scoring the file alone": scoring[WARM_UP:],
        "over scoring": over,
    }.items():
        print(f"{title:28}{min(values):8.1f}{statistics.median(values):8.1f}{_p95(values):8.1f}")
    verdict = "met" if _p95(over) < TARGET_MS else "missed"
    print(f"\nin all / scoring, medians: {statistics.median(total) / statistics.median(scoring):.1f}")
    print(f"target: 95th percentile over scoring below {TARGET_MS:.0f} ms: {verdict}")


# the first uploads fill caches: imports, the parsed solution, connections
WARM_UP = 5


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _predictions(labels: list[str], random_: random.Random) -> bytes:
    rows = [f"{i},{label if random_.random() < 0.8 else random_.choice(LABELS)}" for i, label in enumerate(labels)]
    random_.shuffle(rows)
    return ("id,label\n" + "\n".join(rows) + "\n").encode()


def _scoring_ms(solution: Path, files: list[bytes], folder: Path) -> list[float]:
    """What the same files cost without a site around: read, align, score; the solution is parsed already."""
    parsed, path, taken = read_solution(solution), folder / "predictions.csv", []
    for data in files:
        path.write_bytes(data)
        start = time.perf_counter()
        score_file(path, solution=parsed, metric="accuracy")
        taken.append((time.perf_counter() - start) * 1000)
    return taken


@contextmanager
def _site(folder: Path, solution: Path, *, postgres: bool) -> Iterator[tuple[int, str, object]]:
    """Port and token of a running site, and a function that runs Python in its environment."""
    from arena.stack.postgres import postgres_server

    os.environ.pop("REDIS_URL", None)
    with redis_server(folder / "redis") as broker, postgres_server() if postgres else nullcontext() as database:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "arena.settings.embedded",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
            "ARENA_VAR": str(folder / "var"),
            "DATABASE_URL": database or f"sqlite:///{folder / 'arena.sqlite3'}",
            "REDIS_URL": broker,
        }

        def manage(code: str) -> str:
            command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", code]
            return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

        token = manage(PREPARE.format(solution=str(solution)))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        supervisor, python = Supervisor(logs=folder / "logs"), sys.executable
        config = ["-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "--access-logfile", "/dev/null"]
        celery = [python, "-m", "celery", "-A", "arena", "worker", "--loglevel", "WARNING"]
        try:
            web = [python, "-m", "gunicorn", "arena.wsgi", *config, "--bind", f"127.0.0.1:{port}"]
            supervisor.start("web", web, env={**env, "WEB_CONCURRENCY": "1"})
            supervisor.start("scorer", [*celery, "-Q", "scoring,checks", "-c", "1"], env=env)
            supervisor.start("sweeper", [python, str(ROOT / "manage.py"), "sweep"], env=env)
            yield port, token, manage
        finally:
            supervisor.stop()


class Client:
    """A student's program over one kept connection."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}"}
        deadline = time.monotonic() + 60
        while True:
            try:
                self._ask("GET", "/healthz/")
                return
            except OSError:
                self.connection.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        self.connection.request(method, path, body, self.headers | headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} answered {answer.status}: {data[:300].decode(errors='replace')}")
        return data

    def upload_and_wait(self, data: bytes) -> tuple[float, float]:
        """Milliseconds until the upload is answered, and from there until the score is seen."""
        head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="p.csv"\r\n\r\n'
        body, kind = head + data + b"\r\n--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}
        start = time.perf_counter()
        made = json.loads(self._ask("POST", "/api/v1/competitions/bench/submissions", body, **kind))
        answered = time.perf_counter()
        while True:
            found = json.loads(self._ask("GET", f"/api/v1/submissions/{made['id']}"))
            if found["status"] == "finished":
                break
            if time.perf_counter() - answered > 60:
                raise SystemExit(f"No score after a minute; the submission is {found['status']}.")
            time.sleep(0.005)
        seen = time.perf_counter()
        if found["verdict"] != "ok":
            raise SystemExit(f"The verdict is {found['verdict']}: {found['message']}")
        return (answered - start) * 1000, (seen - answered) * 1000


if __name__ == "__main__":
    main()
