"""`manage.py demo_students`: hand in everything that the demo's people hand in, through the same intake as anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from arena.accounts.models import User
from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution
from arena.courses.models import Course, Role
from arena.demo import more, work
from arena.demo.seeding import PLANS, SLUG
from arena.submissions.intake import Refused, submit
from arena.submissions.models import Submission

BASELINES = ("knn.py", "naive_bayes.py", "mlp.py")


class Command(BaseCommand):
    help = "Hand in the demo's baselines and student submissions that are not there yet; it may be run again."

    def handle(self, *args: object, **options: object) -> None:
        course = Course.objects.get(slug=SLUG)
        self.n_new = self.n_refused = 0
        # what an earlier run handed in before it was interrupted is not handed in again
        rows = Submission.objects.filter(competition__course=course)
        self.known = set(rows.values_list("competition", "user", "comment"))
        competitions = list(course.competitions.filter(slug__in=[plan.slug for plan in PLANS]))
        projects = [c for c in competitions if not c.is_lab_test]
        instructor = course.enrolments.filter(role=Role.INSTRUCTOR).select_related("user").get().user
        for competition in projects:
            self._baselines(instructor, competition, BASELINES)
        students = [e.user for e in course.enrolments.filter(role=Role.STUDENT).order_by("pk").select_related("user")]
        # code first: it takes longest, and files are scored in a lane of their own meanwhile
        for number, user in enumerate(students):
            for competition in projects:
                self._hand_in(user, competition, work.code_uploads(competition.slug, number))
        solutions = {c.pk: Path(current_solution(c).file.path).read_text(encoding="utf-8") for c in competitions}
        for number, user in enumerate(students, start=1):
            for competition in competitions:
                uploads = work.csv_uploads(competition.slug, number - 1, solutions[competition.pk])
                self._hand_in(user, competition, uploads)
            if number % 20 == 0 or number == len(students):
                self.stdout.write(f"{number} of {len(students)} students have handed in")
        for competition in more.seed_more(course):
            self._baselines(instructor, competition, more.BASELINES[competition.slug])
            solution = Path(current_solution(competition).file.path).read_text(encoding="utf-8")
            for number, user in enumerate(students):
                self._hand_in(user, competition, more.few_uploads(competition.slug, number, solution))
        self.stdout.write(f"{self.n_new} submissions accepted, {self.n_refused} refused")

    def _baselines(self, instructor: User, competition: Competition, paths: Sequence[str]) -> None:
        for path in paths:
            source = Path(settings.ROOT) / "reference_models" / path
            upload = work.Upload({source.name: source.read_bytes()}, 0, source.name)
            self._hand_in(instructor, competition, [upload], is_baseline=True)

    def _hand_in(
        self, user: User, competition: Competition, uploads: Sequence[work.Upload], *, is_baseline: bool = False
    ) -> None:
        for upload in uploads:
            if (competition.pk, user.pk, upload.comment) in self.known:
                continue
            # counted from when the course was made, so that a run of tomorrow goes on where today's was interrupted
            at = competition.created_at - timedelta(hours=upload.hours_ago)
            options = {"comment": upload.comment, "is_baseline": is_baseline, "in_background": True}
            try:
                submit(user, competition, files=upload.files, at=at, **options)
                self.n_new += 1
            except Refused as refusal:
                self.n_refused += 1
                self.stdout.write(f"{user.email}, {competition.slug}: {refusal}")
