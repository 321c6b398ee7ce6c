"""Mark schemes, the marks that people enter, examinations, and what was published."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment
from arena.submissions.models import Submission

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    FIRST = "first", _("first examination")
    AGAIN = "re-examination", _("re-examination")


class SchemeVersion(models.Model):
    """A version of a course's rules as a TOML document; the newest one counts, unless an examination is frozen."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="schemes")
    document = models.TextField()
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.course.slug} v{self.pk}"


class Examination(models.Model):
    """One examination of a course. Marks aren't carried from one to the other. A frozen one keeps its scheme."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="examinations")
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    # whose private board gives the projects; the first examination takes the course's project if this is empty
    project = models.ForeignKey(Competition, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    held_on = models.DateField(_("day"), null=True, blank=True)
    scheme = models.ForeignKey(SchemeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["course", "kind"], name="one_examination_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.course.slug} {self.kind}"


class Component(models.TextChoices):
    """What the preset asks for. A scheme's further components are stored as `extra.NAME`."""

    EXAM = "exam", _("exam")
    LAB_TEST = "lab_test", _("lab test")
    OTHER_LAB = "other_lab", _("lab mark of the other subject")
    DEDUCTION = "deduction", _("deduction for presentation")
    PROJECT = "project", _("project, decided by a person")


class EnteredMark(models.Model):
    """A mark (0..10), deduction or count that a person entered. Every change is a `MarkChange`."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="entered_marks")
    examination = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    component = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=5, decimal_places=2)
    entered_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "examination", "component"], name="one_entered_mark_per_component"
            )
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.value}"


class Source(models.TextChoices):
    FORM = "form", _("entered")
    GRID = "grid", _("entered in the table")
    IMPORT = "import", _("imported")
    JURY = "jury", _("by the jury")
    REQUEST = "request", _("after a request")
    UNDO = "undo", _("taken back")


class Batch(models.Model):
    """Marks that were changed together: who, when, why. It is taken back together too."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="mark_batches")
    examination = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    source = models.CharField(max_length=10, choices=Source)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undoes")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source}"


class MarkChange(models.Model):
    """One mark before and after; None is no mark."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="changes")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="mark_changes")
    component = models.CharField(max_length=40)
    before = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    after = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.component} {self.before} -> {self.after}"


class MarkImport(models.Model):
    """An uploaded table of marks, kept between the dry run and the decision."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="mark_imports")
    examination = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    # column number (from 0, as text) -> component
    columns = models.JSONField(default=dict)
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    batch = models.OneToOneField(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="imported")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class Publication(models.Model):
    """Final marks as they were made known. A later change is another publication with a reason, never an edit."""

    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    scheme_document = models.TextField()
    reason = models.CharField(max_length=300)
    actor = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["examination", "number"], name="publications_are_numbered")]

    def __str__(self) -> str:
        return f"{self.examination} #{self.number}"


class PublishedMark(models.Model):
    """One student's marks and trace in a publication."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="marks")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="published_marks")
    # marks as exact texts; the exam and the final mark are empty for who was absent
    project = models.CharField(max_length=40)
    ml_lab = models.CharField(max_length=40)
    lab = models.CharField(max_length=40)
    exam = models.CharField(max_length=40, blank=True)
    final = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=10)
    trace = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "enrolment"], name="one_published_mark_per_student")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.final or self.status}"


class RequestState(models.TextChoices):
    OPEN = "open", _("waiting for an answer")
    CHANGED = "changed", _("changed")
    EXPLAINED = "explained", _("explained")
    REFUSED = "refused", _("refused")


class MarkRequest(models.Model):
    """A student asks about one line of a trace; the line is kept as it stood."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="mark_requests")
    examination = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    line = models.JSONField()
    message = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"


class LabTarget(models.Model):
    """The score on a lab test's private board that gives its full accuracy points, and the score of chance."""

    competition = models.OneToOneField(Competition, on_delete=models.CASCADE, related_name="lab_target")
    target = models.FloatField()
    chance = models.FloatField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.competition.slug} {self.target:g}"


class RequirementPoints(models.Model):
    """What a person gave for the requirements of a lab test; the points for the score are computed."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="requirement_points")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="requirement_points")
    points = models.DecimalField(max_digits=4, decimal_places=2)
    entered_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["competition", "enrolment"], name="one_requirement_mark_per_lab_test")
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class LabAnswers(models.Model):
    """How many questions of one lab somebody was the first to answer correctly."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="lab_answers")
    lab = models.PositiveSmallIntegerField()
    n_correct = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["lab"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "lab"], name="one_count_of_answers_per_lab")]

    def __str__(self) -> str:
        return f"{self.lab}: {self.n_correct}"


class InvalidProject(models.Model):
    """Somebody decided that nothing valid was handed in, and says why; it can be taken back."""

    class Reason(models.TextChoices):
        LATE = "late", _("handed in too late")
        NO_CODE = "no_code", _("no .py code or no documentation")
        OTHER = "other", _("another reason, see the note")

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="invalid_project")
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.reason


class Lab(models.Model):
    """One laboratory meeting, in which first correct answers are recorded."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="labs")
    title = models.CharField(_("title"), max_length=100)
    held_on = models.DateField(_("day"), default=timezone.localdate)

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["course", "title"], name="labs_have_titles_of_their_own")]

    def __str__(self) -> str:
        return self.title


class FirstAnswer(models.Model):
    """Somebody was first with a correct answer. The phone makes the key, so that sending twice counts once."""

    lab = models.ForeignKey(Lab, on_delete=models.CASCADE, related_name="answers")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="first_answers")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    recorded_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.lab_id}: {self.enrolment_id}"


class Slot(models.Model):
    """A time at which one project, or a few, can be presented."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="presentation_slots")
    examination = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveIntegerField(_("minutes"), default=10)
    room = models.CharField(_("room"), max_length=60, blank=True)
    places = models.PositiveIntegerField(_("places"), default=1)

    class Meta:
        ordering = ["starts_at", "room", "pk"]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.room}"


class Attendance(models.TextChoices):
    BOOKED = "booked", _("booked")
    PRESENTED = "presented", _("presented")
    ABSENT = "absent", _("did not come")


class Presentation(models.Model):
    """A student's slot and what the jury said. Deductions are by criterion of the scheme's rubric, as texts."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="presentations")
    examination = models.CharField(max_length=14, choices=Kind, default=Kind.FIRST)
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="presentations")
    attendance = models.CharField(max_length=10, choices=Attendance, default=Attendance.BOOKED)
    deductions = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    judged_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "examination"], name="one_presentation_per_examination")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.attendance}"


class LineComment(models.Model):
    """What somebody of the jury says about one line of the code; the student reads it."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="line_comments")
    file = models.CharField(max_length=100)
    line = models.PositiveIntegerField()
    text = models.TextField(max_length=1000)
    author = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["file", "line", "pk"]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"
