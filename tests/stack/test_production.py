"""The production settings outside containers: gunicorn, Celery and the sweeper on a real PostgreSQL and Redis."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
HOST = "arena.test.example"
PASSWORD = "correct horse battery"
SEED = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from arena.accounts.models import User
from arena.accounts.tokens import issue
from arena.competitions.models import Competition
from arena.competitions.services import set_solution
from arena.courses.models import Course, Enrolment, Role
course = Course.objects.create(slug="ml", title="Machine learning", term="2026")
user = User.objects.create_user("student@test.example", "{PASSWORD}", name="The student")
Enrolment.objects.create(course=course, user=user, role=Role.STUDENT, group="141")
now = timezone.now()
competition = Competition.objects.create(
    course=course, slug="letters", title="Letters", metric="accuracy",
    opens_at=now - timedelta(days=1), deadline=now + timedelta(days=1),
)
path = Path("SOLUTION")
path.write_text("id,label,Usage\\n1,a,Public\\n2,b,Public\\n3,a,Private\\n4,b,Private\\n")
set_solution(competition, path=path)
print(issue(user, name="test", at=timezone.now())[1])
"""


class Person:
    """A browser behind the proxy that ends TLS: it sends what the proxy would, and keeps cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}

    def ask(self, method: str, path: str, body: bytes | None = None, *, proxy: bool = True, **headers: str):
        headers = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if proxy:
            headers |= {"X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return SimpleNamespace(status=answer.status, text=text, headers=answer.headers)


@pytest.fixture(scope="module")
def site(postgres_url, tmp_path_factory):
    """The running site: its port, an API token, and `manage(...)` with its environment."""
    from arena.stack.processes import Supervisor
    from arena.stack.redis import redis_server

    folder = tmp_path_factory.mktemp("production")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {k: v for k, v in os.environ.items() if not k.startswith(("ARENA_", "COV_", "DATABASE_URL", "REDIS_URL"))}
    secret = folder / "secret"
    secret.write_text(secrets.token_urlsafe(50))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REDIS_URL", raising=False)
        with redis_server(folder / "redis") as broker:
            env = given | {
                "DJANGO_SETTINGS_MODULE": "arena.settings.production",
                "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
                "ARENA_SECRET_KEY_FILE": str(secret),
                "ARENA_HOSTS": HOST,
                "ARENA_VAR": str(folder / "var"),
                "DATABASE_URL": postgres_url,
                "REDIS_URL": broker,
                "WEB_CONCURRENCY": "1",
            }

            def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
                command = [sys.executable, str(ROOT / "manage.py"), *arguments]
                return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)

            done = manage("shell", "-v", "0", "-c", SEED.replace("SOLUTION", str(folder / "solution.csv")))
            assert done.returncode == 0, done.stderr
            supervisor = Supervisor(logs=folder / "logs")
            python = sys.executable
            bind = ["--bind", f"127.0.0.1:{port}"]
            config = ["-c", str(ROOT / "deploy" / "gunicorn.conf.py")]
            try:
                supervisor.start("web", [python, "-m", "gunicorn", "arena.wsgi", *config, *bind], env=env)
                worker = [python, "-m", "celery", "-A", "arena", "worker", "-Q", "cpu,scoring,checks", "-c", "1"]
                supervisor.start("worker", worker, env=env)
                supervisor.start("sweeper", [python, str(ROOT / "manage.py"), "sweep"], env=env)
                yield SimpleNamespace(port=port, token=done.stdout.strip(), manage=manage, logs=folder / "logs")
            finally:
                supervisor.stop()


def wait_for(happened, what, *, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := happened():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}")


@pytest.fixture
def person(site):
    person = Person(site.port)
    wait_for(lambda: person.ask("GET", "/healthz/", proxy=False).status == 200, "the health check")
    return person


def test_djangos_deployment_checks_find_nothing(site):
    done = site.manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_the_health_check_answers_without_https_and_pages_do_not(person):
    assert person.ask("GET", "/healthz/", proxy=False).text == "ok"
    answer = person.ask("GET", "/account/sign-in/", proxy=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/account/sign-in/")
    assert person.ask("GET", "/healthz/", proxy=False, Host="evil.example").status == 400


def test_a_student_signs_in_with_cookies_for_https_alone(person):
    page = person.ask("GET", "/account/sign-in/")
    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
    fields = {"csrfmiddlewaretoken": token, "username": "student@test.example", "password": PASSWORD}
    form = urllib.parse.urlencode(fields).encode()
    kind = "application/x-www-form-urlencoded"
    answer = person.ask("POST", "/account/sign-in/", form, Content_Type=kind, Origin=f"https://{HOST}")
    assert answer.status == 302, answer.text
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies and all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)
    home = person.ask("GET", "/")
    assert "The student" in home.text
    stylesheets = re.findall(r'href="(/static/[^"]+\.css)"', home.text)
    assert stylesheets
    for path in stylesheets:  # named by their content, so that browsers may keep them for ever
        answer = person.ask("GET", path)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_worker_scores_a_csv_and_the_doctor_finds_everybody_at_work(site, person):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="p.csv"\r\n\r\n'
        b"id,label\n1,a\n2,a\n3,a\n4,b\n\r\n--x--\r\n"
    )
    bearer = {"Authorization": f"Bearer {site.token}"}
    kind = "multipart/form-data; boundary=x"
    answer = person.ask("POST", "/api/v1/competitions/letters/submissions", body, Content_Type=kind, **bearer)
    assert answer.status == 201, answer.text
    path = f"/api/v1/submissions/{json.loads(answer.text)['id']}"

    def finished():
        found = json.loads(person.ask("GET", path, **bearer).text)
        return found if found["status"] == "finished" else None

    result = wait_for(finished, "the score")
    assert (result["verdict"], result["public_score"]) == ("ok", 0.5)
    board = json.loads(person.ask("GET", "/api/v1/competitions/letters/leaderboard", **bearer).text)
    assert [(row["rank"], row["score"]) for row in board] == [(1, 0.5)]
    findings = {f["name"]: f for f in json.loads(site.manage("doctor", "--json").stdout)["findings"]}
    for name in (
        "redis",
        "database",
        "migrations",
        "workers of queue cpu",
        "workers of queue scoring",
        "sweeper",
        "queue",
        "settings",
        "uploads",
    ):
        assert findings[name]["ok"], findings[name]
    assert findings["database"]["detail"].startswith("PostgreSQL")
