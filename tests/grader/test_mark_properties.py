"""What holds for every scheme and every record."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grader.marks import CompetitionFacts, LabTest, ProjectRecord, StudentRecord, compute
from grader.project_ranks import places_of
from grader.ranking import Entry, rank
from grader.schemes import Extra, preset

D = Decimal
SCHEME = preset("unibuc-ml")
MARK = st.decimals(0, 10, places=2)
SCORE = st.floats(0, 1).map(lambda x: round(x, 4))
TEST = st.builds(
    LabTest,
    requirement=st.decimals(0, 4, places=1),
    score=st.none() | st.floats(),
    target=st.floats(),
    baseline=st.floats(),
    chance=st.floats(),
    direction=st.sampled_from(["higher", "lower"]),
)
PROJECT = st.builds(
    ProjectRecord,
    rank=st.none() | st.integers(1, 500),
    private=st.none() | st.floats(),
    deduction=st.decimals(0, 2, places=1),
    presented=st.booleans(),
    valid=st.booleans(),
    public_rank=st.integers(1, 500),
    public=st.floats(),
    enrolled=st.booleans(),
    disqualified=st.booleans(),
    plagiarism=st.sampled_from(["none", "open", "confirmed", "penalty"]),
    decided=st.none() | MARK,
)
RECORD = st.builds(
    StudentRecord,
    id=st.just("s"),
    project=st.none() | PROJECT,
    lab_test=st.none() | MARK | TEST,
    other_lab=st.none() | MARK,
    lab_answers=st.lists(st.integers(0, 9), max_size=5).map(tuple),
    exam=st.none() | MARK,
    quiz_places=st.lists(st.integers(1, 200), max_size=9).map(tuple),
    extra=st.dictionaries(st.just("homework"), MARK, max_size=1),
)
HALF = D("0.5")
WEIGHTS = st.sampled_from(
    [
        {},
        {"exam_weight": D("0.3"), "lab_weight": D("0.7")},
        {"lab_own_weight": D(1), "lab_other_weight": D(0)},
        {"project_weight": D(1), "test_weight": D(0)},
        {"project_weight": D("0.3"), "test_weight": D("0.2"), "extra": (Extra(name="homework", weight=HALF),)},
    ]
)
CHOICES = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from(["half_up", "two_decimals", "floor"]),
        "mark_from": st.sampled_from(["bands", "linear_in_band", "linear_in_score"]),
        "band_policy": st.sampled_from(["fixed", "scaled"]),
        "board": st.sampled_from(["private", "public"]),
        "ranked": st.sampled_from(["everyone", "enrolled"]),
        "rank_ties": st.sampled_from(["earlier", "shared"]),
        "not_presented": st.sampled_from(["no_mark", "deduction"]),
        "test_counted_from": st.sampled_from(["zero", "baseline", "chance"]),
        "answers_count_on": st.sampled_from(["lab", "ml_lab"]),
        "bonus_caps": st.sampled_from(["separate", "pooled"]),
        "threshold_on": st.sampled_from(["after_bonus", "before_bonus"]),
        "is_strict": st.booleans(),
        "plagiarism": st.sampled_from(["decision", "project", "course"]),
    }
)
SCHEMES = st.builds(lambda choices, weights: replace(SCHEME, **choices, **weights), CHOICES, WEIGHTS)
EXAMINATION = st.sampled_from(["first", "re-examination"])
DIRECTION = st.sampled_from(["higher", "lower"])


@given(
    records=st.lists(RECORD, max_size=4),
    scheme=SCHEMES,
    direction=DIRECTION,
    baseline=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    examination=EXAMINATION,
    n_ranked=st.integers(0, 500),
)
def test_no_path_leads_out_of_the_ranges(records, scheme, direction, baseline, examination, n_ranked):
    facts = CompetitionFacts(direction=direction, baseline_private=baseline, n_ranked=n_ranked)
    for record, sheet in zip(
        records, compute(records, competition=facts, examination=examination, scheme=scheme), strict=True
    ):
        assert (sheet.final is None) == (record.exam is None) == (sheet.status == "absent")
        assert sheet.final is None or 1 <= sheet.final <= 10
        assert all(0 <= mark <= 10 for mark in (sheet.project, sheet.ml_lab, sheet.lab, sheet.exam or D(0)))
        assert sheet.status != "failed" or sheet.final <= 4
        assert all(line.text("en") and line.text("ro") and "@" not in line.text("ro") for line in sheet.trace)
        assert [type(line).from_json(line.as_json()).text("ro") for line in sheet.trace] == [
            line.text("ro") for line in sheet.trace
        ]


TIDY_PROJECT = st.builds(
    ProjectRecord, rank=st.integers(2, 400), private=SCORE, deduction=st.decimals("0.1", 2, places=1)
)
TIDY = st.builds(
    StudentRecord,
    id=st.just("s"),
    project=TIDY_PROJECT,
    lab_test=MARK,
    other_lab=MARK,
    lab_answers=st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    exam=MARK,
    quiz_places=st.lists(st.integers(2, 20), min_size=1, max_size=4).map(tuple),
    extra=st.fixed_dictionaries({"homework": MARK}),
)
TEN = D(10)
BETTER = {
    "exam": lambda s, by: replace(s, exam=min(s.exam + by, TEN)),
    "lab test": lambda s, by: replace(s, lab_test=min(s.lab_test + by, TEN)),
    "other lab": lambda s, by: replace(s, other_lab=min(s.other_lab + by, TEN)),
    "homework": lambda s, by: replace(s, extra={"homework": min(s.extra["homework"] + by, TEN)}),
    "answers": lambda s, by: replace(s, lab_answers=(s.lab_answers[0] + 1, *s.lab_answers[1:])),
    "another lab": lambda s, by: replace(s, lab_answers=(*s.lab_answers, 1)),
    "place": lambda s, by: replace(s, quiz_places=(s.quiz_places[0] - 1, *s.quiz_places[1:])),
    "another quiz": lambda s, by: replace(s, quiz_places=(*s.quiz_places, 3)),
    "deduction": lambda s, by: replace(s, project=replace(s.project, deduction=D(0))),
    "rank": lambda s, by: replace(s, project=replace(s.project, rank=s.project.rank - 1)),
    "score": lambda s, by: replace(s, project=replace(s.project, private=min(s.project.private + float(by) / 10, 1.0))),
}


@given(record=TIDY, scheme=SCHEMES, examination=EXAMINATION, what=st.sampled_from(sorted(BETTER)), by=MARK)
def test_more_points_never_lower_a_mark(record, scheme, examination, what, by):
    # a place on the public board is none here; pooled quiz points may take room from the labs, as the scheme says
    scheme = replace(scheme, board="private", ranked="everyone", test_counted_from="zero")
    if what in {"place", "another quiz"}:
        scheme = replace(scheme, bonus_caps="separate")
    facts = CompetitionFacts(direction="higher", baseline_private=0.5, n_ranked=400, best_private=1.0)
    before, after = (
        compute([one], competition=facts, examination=examination, scheme=scheme)[0]
        for one in (record, BETTER[what](record, by))
    )
    assert after.final >= before.final
    assert after.project >= before.project and after.lab >= before.lab and after.exam >= before.exam


@given(
    scores=st.lists(st.none() | st.integers(0, 5).map(float), max_size=12),
    order=st.randoms(use_true_random=False),
    direction=DIRECTION,
    ties=st.sampled_from(["earlier", "shared"]),
)
def test_ranks_are_a_function_of_scores_and_times_alone(scores, order, direction, ties):
    entries = [Entry(key=i, score=score, at=i) for i, score in enumerate(scores)]
    expected = {r.key: r.rank for r in rank(entries, direction=direction, ties=ties)}
    order.shuffle(entries)
    assert {r.key: r.rank for r in rank(entries, direction=direction, ties=ties)} == expected


@given(projects=st.lists(PROJECT, max_size=8), scheme=SCHEMES, order=st.randoms(use_true_random=False))
def test_the_rank_that_counts_does_not_hang_on_the_order_of_the_records(projects, scheme, order):
    def found(indices):
        places, n = places_of([projects[i] for i in indices], n_ranked=500, scheme=scheme)
        return {i: (p.record.rank, p.trace) for i, p in zip(indices, places, strict=True)}, n

    shuffled = list(range(len(projects)))
    order.shuffle(shuffled)
    assert found(shuffled) == found(list(range(len(projects))))


@given(n=st.integers(1, 60), gone=st.sets(st.integers(1, 60)))
def test_ranks_close_up_without_gaps(n, gone):
    projects = [ProjectRecord(rank=i, private=1 - i / 100, disqualified=i in gone) for i in range(1, n + 1)]
    places, n_ranked = places_of(projects, n_ranked=n, scheme=SCHEME)
    kept = [p.record.rank for p in places if not p.record.disqualified]
    assert kept == list(range(1, len(kept) + 1))
    assert n_ranked == len(kept)
