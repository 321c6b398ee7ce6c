"""Play a student, an instructor and an admin over HTTP against the running stack, a line for each step."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from arena.demo import people
from arena.demo.programs import COPIES

Files = Mapping[str, bytes]


class Failed(Exception):
    """A step did not do what it must; the message says which and what came instead."""


@dataclass
class Browser:
    """A person at a browser: cookies, forms with their token, uploads."""

    address: str
    opener: urllib.request.OpenerDirector = field(init=False)
    url: str = ""

    def __post_init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.address, path)))  # noqa: S310

    def post(self, path: str, fields: Mapping[str, str], *, files: Files | None = None, page: str | None = None) -> str:
        """Fetch the page with the form for its token, then send the form."""
        form = self.get(page or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        if token is None:
            raise Failed(f"{page or path} has no form")
        fields = {"csrfmiddlewaretoken": token.group(1), **fields}
        boundary = uuid.uuid4().hex
        body = b""
        for name, value in fields.items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, data in (files or {}).items():
            key, _, filename = name.partition("=")
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"; filename="{filename}"\r\n'
            body += f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + data + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        address = urllib.parse.urljoin(self.address, path)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": address}
        return self._open(urllib.request.Request(address, body, headers))  # noqa: S310

    def _open(self, request: urllib.request.Request) -> str:
        try:
            with self.opener.open(request, timeout=60) as answer:
                self.url = answer.geturl()
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code == 422:
                self.url = error.geturl()
                return error.read().decode()
            raise Failed(f"{request.full_url} answered {error.code}") from error

    def sign_in(self, person: people.Person) -> None:
        page = self.post("/account/sign-in/", {"username": person.email, "password": people.PASSWORD})
        if person.name not in page:
            raise Failed(f"{person.email} could not sign in")


@dataclass
class Check:
    """All steps in order; `run` says whether every one passed."""

    address: str
    report: Path
    say: Callable[[str], None]

    def run(self) -> bool:
        for title, step in (
            ("student", self._student),
            ("instructor", self._instructor),
            ("admin", self._admin),
        ):
            try:
                step()
            except Failed as failure:
                self.say(f"FAILED  {title}: {failure}")
                return False
        self.say("check: everything passed")
        return True

    def _ok(self, text: str, since: float) -> None:
        self.say(f"ok      {text} ({time.monotonic() - since:.1f} s)")

    def _student(self) -> None:
        student = Browser(self.address)
        start = time.monotonic()
        student.sign_in(people.students()[0])
        self._ok("student signs in and sees the course", start)
        for name in ("train.csv", "test.csv", "sample_submission.csv"):
            if "id" not in student.get(f"/competitions/digits/files/{name}"):
                raise Failed(f"{name} could not be downloaded")
        sample = student.get("/competitions/digits/files/sample_submission.csv").encode()
        self._ok("student downloads train, test and sample", start)
        self._refused(student, "task.ipynb", b'{"cells": []}', "notebook")
        cut = b"\n".join(sample.split(b"\n")[:100])
        self._refused(student, "short.csv", cut, "have no prediction")
        self._refused(student, "model.csv", b"\x00\x01\x02" * 50, "binary")
        start = time.monotonic()
        self._judged(student, "sample.csv", sample, "scored")
        self._ok("student uploads a CSV and sees its score", start)
        start = time.monotonic()
        source = (Path(settings.ROOT) / "reference_models" / "knn.py").read_bytes()
        self._judged(student, "knn.py", source, "scored")
        self._ok("student uploads code, which runs in the sandbox and is scored", start)
        start = time.monotonic()
        self._judged(student, "broken.py", b"raise SystemExit(3)\n", "runtime error")
        self._ok("student sees why a failing program failed", start)
        start = time.monotonic()
        self._until(lambda: people.students()[0].name in student.get("/competitions/digits/leaderboard/"), "board")
        self._ok("student is on the board", start)
        start = time.monotonic()
        self._until(
            lambda: "on the private leaderboard" in student.get("/courses/ml-demo/marks/mine/"), "a mark with its trace"
        )
        self._ok("student reads the mark and why", start)

    def _refused(self, student: Browser, name: str, data: bytes, sentence: str) -> None:
        start = time.monotonic()
        page = student.post("/competitions/digits/submit/", {"comment": ""}, files={f"files={name}": data})
        if sentence not in page or "errors" not in page:
            raise Failed(f"{name} was not refused with “{sentence}”")
        self._ok(f"student's {name} is refused with a reason", start)

    def _judged(self, student: Browser, name: str, data: bytes, badge: str) -> None:
        student.post("/competitions/digits/submit/", {"comment": "check"}, files={f"files={name}": data})
        match = re.search(r"/submissions/(\d+)/$", student.url)
        if match is None:
            raise Failed(f"{name} was not accepted")
        page = f"/submissions/{match.group(1)}/live/"
        self._until(lambda: f">{badge}<" in student.get(page), f"{name} being “{badge}”", seconds=300)

    def _until(self, happened: Callable[[], bool], what: str, *, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise Failed(f"waited {seconds:g} s in vain for {what}")
            time.sleep(0.5)

    def _instructor(self) -> None:
        instructor = Browser(self.address)
        instructor.sign_in(people.INSTRUCTOR)
        start = time.monotonic()
        board = instructor.get("/competitions/dialects/leaderboard/?board=private")
        if "95% interval" not in board or "<svg" not in board:
            raise Failed("the private board lacks its intervals or its distribution")
        self._ok("instructor reads the private board with its distribution", start)
        start = time.monotonic()
        page = instructor.post(
            "/courses/ml-demo/quizzes/", {"lecture": "Lecture 1"}, files={"report=quiz.xlsx": self.report.read_bytes()}
        )
        if "Whose nickname is this?" not in page or "SuperGuest" not in page:
            raise Failed("the quiz report was not imported")
        self._ok("instructor imports a quiz report and sees who is unmatched", start)
        start = time.monotonic()
        if "absent" not in instructor.get("/courses/ml-demo/marks/"):
            raise Failed("the marks page does not list the students")
        self._ok("instructor reads everybody's marks", start)
        start = time.monotonic()
        names = [[people.students()[number].name for number in pair] for pair in COPIES["digits"]]
        self._until(lambda: self._copies_lead(instructor, names), "the planted copies leading the pairs", seconds=400)
        self._ok("instructor finds the planted copies first, side by side", start)

    def _copies_lead(self, instructor: Browser, names: Sequence[Sequence[str]]) -> bool:
        """Compare all code anew: the demo's students may still have been handing in at the last comparison."""
        index = "/competitions/digits/plagiarism/"
        instructor.post(index, {})
        deadline = time.monotonic() + 30
        while "/plagiarism/pairs/" not in instructor.get(index):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
        links = list(dict.fromkeys(re.findall(r"/plagiarism/pairs/\d+/", instructor.get(index))))[: len(names)]
        pages = [instructor.post(link, {"action": "reveal"}) for link in links]
        return all(any(all(name in page for name in pair) and 'class="r1"' in page for page in pages) for pair in names)

    def _admin(self) -> None:
        admin = Browser(self.address)
        admin.sign_in(people.ADMIN)
        start = time.monotonic()
        page = admin.post(
            "/competitions/digits/regrades/",
            {"reason": "check", "verdict": "ok", "pasted": people.students()[0].email},
        )
        match = re.search(r"/regrades/(\d+)/$", admin.url)
        if match is None:
            raise Failed("the regrade did not start")
        path = match.group()

        def is_ready() -> bool:
            nonlocal page
            page = admin.get(path)
            return "Apply all of it" in page

        self._until(is_ready, "the regrade", seconds=600)
        if "What would change" not in page:
            raise Failed("the regrade shows no difference")
        self._ok("admin regrades in bulk and sees what would change", start)
        start = time.monotonic()
        if "Roll it back" not in admin.post(f"{path}apply/", {}, page=path):
            raise Failed("the regrade could not be applied")
        admin.post(f"{path}roll-back/", {}, page=path)
        self._ok("admin applies it and rolls it back", start)
