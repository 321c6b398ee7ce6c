"""Starter code, public sources and earlier terms: what an upload gives, what a run makes of it, what copies carry."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from arena.audit.models import Event
from arena.authoring.packages import export, load
from arena.authoring.services import duplicate
from arena.integrity.cases import open_case
from arena.integrity.known_code import add, starter_of
from arena.integrity.models import Collection, PlagiarismRun, SimilarPair, WorkFile
from arena.integrity.selectors import evidence_sides
from arena.integrity.services import run_check, start
from arena.integrity.uploads import RefusedUpload, notebook_code, one_work, works_of_term

pytestmark = pytest.mark.django_db
PAGE = "/competitions/letters/plagiarism/known/"
STARTER = b"""import csv

def load(path):
    rows = []
    with open(path) as file:
        for row in csv.reader(file):
            if row:
                rows.append([float(value) for value in row[1:]])
    return rows

def save(path, answers):
    with open(path, "w") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "label"])
        for number, answer in enumerate(answers, start=1):
            writer.writerow([number, answer])
"""
TUTORIAL = b"""
def distance(first, second):
    total = 0
    for left, right in zip(first, second):
        total += (left - right) ** 2
    return total ** 0.5

def nearest(point, known, answers):
    best, found = None, None
    for row, answer in zip(known, answers):
        far = distance(point, row)
        if best is None or far < best:
            best, found = far, answer
    return found
"""
OWN = b"""
from collections import Counter
counts = Counter(line[0] for line in open("train.csv"))
print(max(counts, key=counts.get))
"""


def archive(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return stream.getvalue()


def compare(cast: SimpleNamespace) -> PlagiarismRun:
    made = start(cast.competition, actor=cast.instructor)
    run_check(made.pk)
    return PlagiarismRun.objects.get(pk=made.pk)


def test_starter_code_is_grey_and_counts_for_nothing(cast, hand_in):
    hand_in(cast.student, {"main.py": STARTER + OWN}, judged=False)
    hand_in(cast.classmate, {"own.py": STARTER + TUTORIAL}, judged=False)
    before = compare(cast).pairs.get()
    assert before.shares["a"] > 0.5 and before.common["a"] == {}
    add("starter", course=cast.course, competition=cast.competition, uploads=[("s.py", STARTER)], actor=cast.instructor)
    run = compare(cast)
    assert not run.pairs.exists()
    assert [(one["name"], one["kind"], one["n"]) for one in run.options["starter"]] == [("s.py", "starter", 1)]
    hand_in(cast.student, {"main.py": STARTER + TUTORIAL}, judged=False)
    after = compare(cast).pairs.get()
    assert after.similarity > 0.5
    # the loops of the starter are grey, and no region reaches into it
    assert {5, 6, 7, 8} <= set(after.common["a"]["main.py"])
    assert min(span["start_a"] for span in after.spans) > 16


def test_a_public_source_is_compared_with_shown_and_is_no_party_of_a_case(client, cast, hand_in):
    hand_in(cast.student, {"main.py": TUTORIAL.replace(b"distance", b"gap").replace(b"far", b"d")}, judged=False)
    client.force_login(cast.assistant)
    data = {
        "kind": "public",
        "name": "Nearest neighbours in ten minutes",
        "address": "https://tutorials.example/knn",
        "note": "MIT licence",
        "files": [SimpleUploadedFile("knn.py", TUTORIAL), SimpleUploadedFile("more.py", OWN)],
    }
    assert client.post(PAGE, data).status_code == 302
    assert WorkFile.objects.count() == 2
    pair = compare(cast).pairs.first()
    assert (pair.b, str(pair.work)) == (None, "Nearest neighbours in ten minutes")
    assert pair.similarity > 0.5 and pair.shares["a"] > 0.9
    page = client.get(f"/plagiarism/pairs/{pair.pk}/").content.decode()
    assert "https://tutorials.example/knn" in page and "MIT licence" in page and 'class="r1"' in page
    index = client.get("/competitions/letters/plagiarism/").content.decode()
    assert f"#{pair.a_id} · Nearest neighbours in ten minutes" in index and "public source" in index
    assert "The student" not in client.get(f"/plagiarism/pairs/{pair.pk}/export/").content.decode()
    case = open_case(pair, actor=cast.instructor)
    assert [party.user for party in case.parties.all()] == [cast.student]
    (evidence,) = case.evidence.all()
    assert [side["label"] for side in evidence_sides(evidence.document)] == [f"#{pair.a_id}", str(pair.work)]
    assert [s["label"] for s in evidence_sides(evidence.document, only_users=[cast.student.pk])] == [f"#{pair.a_id}"]
    Collection.objects.all().delete()
    assert (SimilarPair.objects.count(), client.get(f"/cases/{case.pk}/").status_code) == (0, 200)


def test_an_archive_of_a_term_gives_numbers_for_names_and_a_work_for_each(cast, hand_in):
    data = archive(
        {
            "2019/popescu_ana/main.py": TUTORIAL,
            "2019/popescu_ana/report.pdf": b"%PDF",
            "2019/ionescu_dan/a.py": OWN,
            "2019/__MACOSX/ionescu_dan/a.py": b"junk",
        }
    )
    works = works_of_term("2019.zip", data)
    assert [name for name, _files in works] == ["001", "002"]
    assert sorted(file for _name, files in works for file in files) == ["a.py", "main.py"]
    hand_in(cast.student, {"main.py": TUTORIAL}, judged=False)
    add("past", course=cast.course, uploads=[("2019.zip", data)], actor=cast.instructor, name="2019")
    pair = compare(cast).pairs.first()
    assert str(pair.work) in {"2019: 001", "2019: 002"} and pair.similarity > 0.5
    texts = [str(row) for row in WorkFile.objects.values_list("name", "work__name", "work__collection__name")]
    assert not any("popescu" in text for text in texts)


def test_the_sites_own_archive_gives_everybodys_newest_code():
    manifest = (
        "submission,folder,email,type,is_baseline\n"
        "1,000001-ana,ana@x.example,code,False\n2,000002-ana,ana@x.example,code,False\n"
        "3,000003-knn,staff@x.example,code,True\n4,000004-dan,dan@x.example,predictions,False\n"
    )
    files = {f"00000{n}-{name}/main.py": f"x = {n}\n".encode() for n, name in enumerate(("ana", "ana", "knn"), start=1)}
    works = works_of_term("a.zip", archive({"manifest.csv": manifest.encode(), **files}))
    assert works == [("001", {"main.py": b"x = 2\n"})]


def test_a_notebook_gives_its_code_without_magic_lines():
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1\n", "!ls"]},
        {"cell_type": "code", "source": "y = 2"},
    ]
    book = json.dumps({"cells": cells}).encode()
    assert notebook_code(book).split() == [b"x", b"=", b"1", b"y", b"=", b"2"]
    assert list(one_work([("lab.ipynb", book)])) == ["lab.ipynb.py"]
    assert notebook_code(b"{") == notebook_code(b"[]") == b""


@pytest.mark.parametrize(
    "upload", [("a.zip", b"PK no"), ("a.py", b"  \n"), ("a.txt", b"x = 1"), ("a.py", b"x" * (2**20 + 1))]
)
def test_an_upload_without_code_is_refused_with_a_sentence(client, cast, upload):
    with pytest.raises(RefusedUpload):
        one_work([upload])
    client.force_login(cast.instructor)
    response = client.post(PAGE, {"kind": "starter", "files": SimpleUploadedFile(*upload)})
    assert (response.status_code, Collection.objects.count()) == (422, 0)
    assert 'role="alert"' in response.content.decode()


def test_students_neither_see_nor_add_known_code(client, cast):
    for user in (cast.student, cast.outsider):
        client.force_login(user)
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, {"kind": "starter", "files": SimpleUploadedFile("s.py", STARTER)}).status_code == 404
    assert not Collection.objects.exists()


def test_what_is_removed_is_unknown_to_the_next_run_and_the_log_says_so(client: Client, cast):
    made = add("public", course=cast.course, uploads=[("t.py", TUTORIAL)], actor=cast.instructor)
    client.force_login(cast.instructor)
    client.post(PAGE, {"remove": made.pk})
    assert not Collection.objects.exists()
    actions = Event.objects.filter(action__startswith="plagiarism.code").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["plagiarism.code_added", "plagiarism.code_removed"]


def test_another_courses_library_is_out_of_reach(client, cast):
    from arena.courses.models import Course

    other = Course.objects.create(slug="other", title="Other", term="2026")
    made = add("public", course=other, uploads=[("t.py", TUTORIAL)], actor=cast.instructor)
    client.force_login(cast.instructor)
    assert client.post(PAGE, {"remove": made.pk}).status_code == 404
    client.post("/competitions/letters/plagiarism/", {"known": made.pk})
    assert PlagiarismRun.objects.get().options["collections"] == []


def test_a_duplicate_and_a_package_carry_the_starter_code(cast):
    add("starter", course=cast.course, competition=cast.competition, uploads=[("s.py", STARTER)], actor=cast.instructor)
    dates = {"opens_at": cast.competition.opens_at, "deadline": cast.competition.deadline + timedelta(days=300)}
    copy = duplicate(cast.competition, course=cast.course, slug="again", actor=cast.instructor, **dates)
    assert starter_of(copy) == {"s.py": STARTER}
    with zipfile.ZipFile(io.BytesIO(export(cast.competition))) as read:
        assert read.read("starter/s.py") == STARTER
        files = {name: read.read(name) for name in read.namelist()}
    files["competition.toml"] = files["competition.toml"].replace(b'"letters"', b'"loaded"')
    loaded = load(archive(files), course=cast.course, actor=cast.instructor)
    assert (loaded.slug, starter_of(loaded)) == ("loaded", {"s.py": STARTER})
