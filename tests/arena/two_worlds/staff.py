"""What the staff of the two worlds' course did: marks, a quiz, similar code, a regrade, and much that only they read."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from tests.arena.two_worlds.world import DAY, NOON, PEOPLE, World


def staff_work(world: World) -> None:
    """Questions, notes, a disqualification, an extension, a check of reproduction, a roster, tokens, notices."""
    from arena.accounts.tokens import issue
    from arena.audit.services import record as audit
    from arena.competitions.discussion import ask
    from arena.competitions.models import Extension, MetricProgram, Solution
    from arena.competitions.services import accept_rules, set_rules
    from arena.courses.rosters import keep_roster
    from arena.leaderboards.models import Reproduction
    from arena.notifications.services import notify
    from arena.submissions.moderation import disqualify

    cast, rows, letters = world.cast, world.rows, world.competitions["letters"]
    rules = set_rules(letters, "Be fair.", actor=cast.instructor)
    for who in PEOPLE:
        accept_rules(rules, user=getattr(cast, who))
    rows.question = ask(letters, "May one use a net of nets?", author=cast.classmate)
    rows.my_question = ask(letters, "When?", author=cast.student)
    rows.extension = Extension.objects.create(
        competition=letters, user=cast.heron, until=letters.deadline + DAY, reason="was ill"
    )
    disqualify(world.submissions["frozen-0", "heron"], reason="two accounts", actor=cast.instructor)
    rows.reproduction = Reproduction.objects.create(
        submission=world.submissions["letters-1", "student"], verdict="differs", agreement=0.9, difference=0.125
    )
    rows.roster = keep_roster(
        cast.course, name="r.csv", data=b"Name,E-mail\nThe newcomer,new@test.example\n", actor=cast.instructor
    )
    rows.tokens = {who: issue(getattr(cast, who), name=f"token of {who}", at=NOON)[0] for who in PEOPLE}
    rows.notice = notify(cast.classmate, "answered", params={"competition": "Letters"}, url="/")
    audit("staff.looked", letters, actor=cast.instructor, note="strange")
    draft = world.competitions["draft"]
    rows.program = MetricProgram.objects.create(
        competition=draft, text="def score(a, b): return 0.25", direction="higher", name="own:draft", log="printed"
    )
    rows.proposed = Solution.objects.filter(competition=letters).first()


def marks(world: World) -> None:
    """A published first examination whose marks were changed since, an open second one, and a lab test."""
    from arena.gradebook import presentations
    from arena.gradebook.importing import keep_upload
    from arena.gradebook.labs import record_answer
    from arena.gradebook.models import Lab
    from arena.gradebook.publishing import publish
    from arena.gradebook.requests import ask
    from arena.gradebook.services import choose_project, enter_marks, mark_lab_test, rule_project
    from arena.quizzes.services import import_report
    from grader.trace import TraceLine

    cast, rows, course = world.cast, world.rows, world.cast.course
    of = {who: getattr(cast, f"{who}_enrolment") for who in PEOPLE}
    marks = {(of[who].pk, "exam"): Decimal(n) for n, who in enumerate(PEOPLE, 5)}
    rows.batch = enter_marks(course, marks, actor=cast.assistant, examination="first", reason="")
    rows.publication = publish(course, examination="first", actor=cast.instructor, reason="r", despite=True)
    points = {of[who].pk: Decimal(2) for who in PEOPLE}
    mark_lab_test(world.competitions["closed"], target=0.9, chance=0.5, points=points, actor=cast.assistant)
    rows.import_ = keep_upload(
        course,
        examination="first",
        name="m.csv",
        data=b"Name,E-mail,Exam\nThe student,student@test.example,9\n",
        actor=cast.assistant,
    )
    line = TraceLine.from_json(rows.publication.marks.get(enrolment=of["classmate"]).trace[0])
    rows.request = ask(of["classmate"], examination="first", line=line, message="Why so few?")
    rows.lab = Lab.objects.create(course=course, title="Lab 1", held_on=NOON.date())
    record_answer(rows.lab, enrolment=of["classmate"], key=UUID(int=8), actor=cast.assistant)
    rows.slot = presentations.add_slots(
        course, starts_at=NOON + DAY, count=2, minutes=10, room="214", places=1, actor=cast.assistant
    )
    presentations.judge(
        of["classmate"], attendance="presented", deductions={}, note="shaky on the net", actor=cast.assistant
    )
    rule_project(of["heron"], reason="other", note="no documentation", actor=cast.instructor)
    # whose marks would tell private ranks of a board that isn't revealed
    choose_project(
        course, examination="re-examination", competition=world.competitions["closed"], actor=cast.instructor
    )
    again = {(of[who].pk, "exam"): Decimal(4) for who in PEOPLE}
    enter_marks(course, again, actor=cast.assistant, examination="re-examination", reason="")
    rows.quiz = import_report(
        course,
        lecture="1",
        name="q.csv",
        data=b"Rank,Player,Score\n1,The classmate,9\n2,The student,8\n3,Nobody,7\n",
        actor=cast.assistant,
    )
    rows.preview = import_report(
        course,
        lecture="2",
        name="q.csv",
        data=b"Rank,Player,Score\n1,The student,5\n2,The heron,4\n",
        actor=cast.assistant,
        is_preview=True,
    )


def similar_code(world: World) -> None:
    from arena.integrity.cases import add_note, open_case
    from arena.integrity.models import Collection, PlagiarismRun, SimilarPair, Work, WorkFile

    cast, rows, letters = world.cast, world.rows, world.competitions["letters"]
    rows.run = PlagiarismRun.objects.create(
        competition=letters, started_by=cast.assistant, status="finished", n_submissions=2
    )
    mine, theirs = (world.submissions["code-entry", who] for who in ("student", "classmate"))
    rows.pair = SimilarPair.objects.create(run=rows.run, a=mine, b=theirs, similarity=0.6, expected=0.1)
    known = Collection.objects.create(
        course=cast.course, kind="public", name="A notebook", note="seen in March", added_by=cast.assistant
    )
    rows.known = Work.objects.create(collection=known, name="A notebook")
    WorkFile.objects.create(work=rows.known, name="n.py", data=b"print(1)", sha256="0" * 64)
    pair = SimilarPair.objects.create(run=rows.run, a=theirs, work=rows.known, similarity=0.9)
    rows.case = open_case(pair, actor=cast.instructor)
    add_note(rows.case, text="ask about the notebook", actor=cast.instructor)


def regrade(world: World) -> None:
    from arena.regrading import services as regrading

    chosen = [world.submissions["letters-0", who] for who in ("student", "classmate")]
    world.rows.regrade = regrading.start(
        world.competitions["letters"],
        submissions=chosen,
        reason="labels",
        actor=world.cast.instructor,
        scores_only=True,
    )


def nameable(world: World) -> dict[str, list[str]]:
    """What addresses may name, by the part of the address before it."""
    from arena.submissions.models import Attempt

    rows = world.rows
    mine = [world.submissions[key, "student"].pk for key in ("letters-1", "code-entry", "code-practice")]
    mine += [world.submissions[f"{slug}-0", "student"].pk for slug in ("frozen", "ladder", "closed", "shown")]
    theirs = world.submissions["letters-1", "classmate"].pk
    mates = world.submissions["letters-1", "mate"].pk
    enrolments = [world.cast.student_enrolment.pk, world.cast.classmate_enrolment.pk]
    pks = {
        "submissions": [*mine, theirs, mates],
        "tokens": [rows.tokens["student"].pk],
        "rosters": [rows.roster.pk],
        "discussion": [rows.question.pk],
        "quizzes": [rows.quiz.pk, rows.preview.pk],
        "players": [rows.quiz.players.first().pk],
        "pairs": [rows.pair.pk],
        "runs": [rows.run.pk],
        "cases": [rows.case.pk],
        "staff": [world.cast.assistant_enrolment.pk],
        "changes": [rows.batch.pk],
        "imports": [rows.import_.pk],
        "publications": [rows.publication.pk],
        "marks": enrolments,
        "presentations": enrolments,
        "attempt": [Attempt.objects.order_by("pk").first().pk],
        "labs": [rows.lab.pk],
        "regrades": [rows.regrade.pk],
        "competitions": list(world.competitions),
        "courses": ["ml"],
        "models": ["naive-bayes"],
    }
    return {name: [str(value) for value in values] for name, values in pks.items()}
