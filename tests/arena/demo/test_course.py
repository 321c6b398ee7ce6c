"""The demo's course: varied programs, two of them copied, work in the order of time, and complete task texts."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise

import pandas as pd
import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.accounts.models import User
from arena.competitions.models import Competition
from arena.courses.models import Enrolment
from arena.demo import datasets, more, people, work
from arena.demo.programs import COPIES, programs_of
from arena.demo.seeding import METRICS, PLANS, seed
from arena.gradebook.models import EnteredMark
from arena.submissions.intake import Refused, submit
from arena.submissions.models import Submission
from grader.code import RefusedCode, check_code
from grader.own_metric import score_with_program
from grader.predictions import read_solution
from grader.sandbox import open_sandbox
from plagiarism.compare import compare

KINDS = ("digits", "tumours", "dialects")
DATA = {plan.slug: plan.build() for plan in PLANS}
MORE = {plan.slug: plan.build() for plan in more.PLANS}


@pytest.mark.parametrize("slug", KINDS)
def test_about_thirty_students_hand_in_different_programs(slug: str) -> None:
    programs = programs_of(slug)
    assert 28 <= len(programs) <= 36
    assert max(programs) < people.N_STUDENTS
    assert len({b"".join(files.values()) for files in programs.values()}) == len(programs)


@pytest.mark.parametrize("slug", KINDS)
def test_only_a_renamed_notebook_and_a_program_that_does_not_parse_are_refused(slug: str) -> None:
    refused = {}
    for number, files in programs_of(slug).items():
        try:
            check_code(files, entry=None)
        except RefusedCode as error:
            refused[number] = error.code
    assert refused == {"tumours": {118: "notebook"}, "digits": {113: "syntax_error"}}.get(slug, {})


@pytest.mark.parametrize("slug", KINDS)
def test_the_planted_copies_and_nothing_else_are_found(slug: str) -> None:
    programs = {f"{number:03}": files for number, files in programs_of(slug).items()}
    report = compare(programs)
    found = {(int(pair.a), int(pair.b)) for pair in report.pairs if pair.similarity >= 0.5}
    assert found == set(COPIES.get(slug, ()))


@pytest.mark.parametrize("slug", [plan.slug for plan in PLANS])
def test_a_students_work_goes_forward_in_time(slug: str) -> None:
    for number in range(people.N_STUDENTS):
        uploads = work.csv_uploads(slug, number, DATA[slug].solution)
        if slug in KINDS:
            uploads = work.code_uploads(slug, number) + uploads
        for earlier, later in pairwise(uploads):
            assert earlier.hours_ago > later.hours_ago, (number, earlier.comment, later.comment)


def test_a_copy_is_handed_in_after_what_it_was_copied_from() -> None:
    for original, copy in COPIES["digits"]:
        first, second = (work.code_uploads("digits", number)[0].hours_ago for number in (original, copy))
        assert first > second


@pytest.mark.parametrize("slug", [*DATA, *MORE])
def test_task_texts_describe_every_column_in_both_languages(slug: str, db: None) -> None:
    list(more.seed_more(seed(n_students=1)))
    competition = Competition.objects.get(slug=slug)
    public = {**DATA, **MORE}[slug].public
    headers = [next(csv.reader(io.StringIO(public[name]))) for name in ("train.csv", "test.csv") if name in public]
    words = {re.sub(r"^(pixel|x|mean_|worst_).*|.*(_error)$", r"\1\2", name) for header in headers for name in header}
    for text, headings in (
        (competition.description, ("The problem", "Data", "Evaluation", "Example", "Rules")),
        (competition.description_ro, ("Problema", "Date", "Evaluare", "Exemplu", "Reguli")),
    ):
        assert all(f"## {heading}\n" in text for heading in headings)
        assert all(word in text for word in words)
        assert f"/kaggle/input/{slug}/" in text
        assert "{" not in text


def test_example_ids_of_the_texts_look_like_the_datas() -> None:
    for slug, pattern in (
        ("digits", r"\d{5}"),
        ("tumours", r"9\d{18}"),
        ("dialects", r"\d{6}"),
        ("wine-lab-test", r"w\d+"),
        ("progress", r"\d{5}"),
        ("ranking", r"\d{5}"),
        ("groups", r"\d{5}"),
        ("analogies", r"q\d{5}"),
        ("generation", r"g\d{4}"),
    ):
        ids = [row["id"] for row in csv.DictReader(io.StringIO({**DATA, **MORE}[slug].solution))]
        assert all(re.fullmatch(pattern, key) for key in ids)


def test_dataset_sizes_are_those_of_the_texts() -> None:
    sizes = {
        slug: (len(DATA[slug].public["train.csv"].splitlines()) - 1, len(DATA[slug].solution.splitlines()) - 1)
        for slug in DATA
    }
    assert sizes == {"digits": (1078, 719), "tumours": (341, 228), "dialects": (900, 600), "wine-lab-test": (106, 72)}
    assert datasets.digits().solution == DATA["digits"].solution
    assert {slug: len(made.solution.splitlines()) - 1 for slug, made in MORE.items()} == {
        "progress": 162,
        "ranking": 400,
        "groups": 600,
        "analogies": 360,
        "generation": 300,
    }


@pytest.mark.parametrize("slug", MORE)
def test_a_few_students_hand_in_on_the_later_boards_and_go_forward_in_time(slug: str) -> None:
    handed = {n: more.few_uploads(slug, n, MORE[slug].solution) for n in range(people.N_STUDENTS)}
    handed = {number: uploads for number, uploads in handed.items() if uploads}
    assert len(handed) in ((5,) if slug == "generation" else (22, 23))
    assert all(a.hours_ago > b.hours_ago for uploads in handed.values() for a, b in pairwise(uploads))


def test_a_sample_names_no_hidden_label_but_a_constant() -> None:
    for made in (*DATA.values(), *(made for slug, made in MORE.items() if slug != "generation")):
        labels = {row["label"] for row in csv.DictReader(io.StringIO(made.public["sample_submission.csv"]))}
        assert len(labels) == 1
    assert {slug: made.public["sample_submission.csv"].split()[1].split(",")[1] for slug, made in MORE.items()} == {
        "progress": "0.0",
        "ranking": "0.0",
        "groups": "0",
        "analogies": "boy",
        "generation": "0",
    }


@pytest.mark.sandbox
def test_a_drawing_counts_once_and_only_where_it_is_recognised_and_new(tmp_path, runtime) -> None:
    path = tmp_path / "solution.csv"
    path.write_text(MORE["generation"].solution)
    truth = pd.read_csv(path, dtype={"id": str}).drop(columns="Usage")
    changed = truth.set_index("id") + 0.25
    drawn = {"real": truth.set_index("id"), "new": changed, "same": changed.assign(**changed.iloc[0])}
    found = {}
    for name, table in drawn.items():
        table.to_csv(tmp_path / f"{name}.csv")
        scores = score_with_program(
            tmp_path / f"{name}.csv",
            solution=read_solution(path, id_column="id"),
            program=(METRICS / "recognised.py.txt").read_bytes(),
            direction="higher",
            sandbox=open_sandbox(),
            runtime=runtime,
        )
        found[name] = scores.overall
    assert found["real"] == 0
    assert found["new"] > 0.95
    assert found["same"] == pytest.approx(1 / 300)


def test_each_breakage_is_refused_with_its_code(db: None) -> None:
    seed(n_students=1)
    student = User.objects.get(email=people.students()[0].email)
    competition = Competition.objects.get(slug="digits")
    rows = [(row["id"], row["label"]) for row in csv.DictReader(io.StringIO(DATA["digits"].solution))]
    codes = {}
    for kind, broken in work.BREAKAGES.items():
        with pytest.raises(Refused) as refusal:
            submit(student, competition, files={"submission.csv": broken(rows)}, at=timezone.now())
        codes[kind] = refusal.value.code
    assert codes == {kind: kind for kind in work.BREAKAGES}


def test_running_the_demo_again_adds_nothing_but_what_an_interrupted_run_left_out(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    seed(n_students=6)
    call_command("demo_students")
    assert counts()[:3] == (9, 8, 9)
    first = counts()
    assert first[4] > 30
    cut_off = Submission.objects.filter(comment="v1").first()
    assert cut_off is not None
    cut_off.attempts.all().delete()
    cut_off.delete()
    capsys.readouterr()
    for accepted in (1, 0):
        seed(n_students=6)
        call_command("demo_students")
        assert f"\n{accepted} submissions accepted" in capsys.readouterr().out
        assert counts() == first


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Enrolment, Competition, EnteredMark, Submission))
