"""`manage.py demo_students`: hand in everything that the demo's people hand in, through the same intake as anybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution
from arena.courses.models import Course, Role
from arena.demo import work
from arena.demo.seeding import SLUG
from arena.submissions.intake import Refused, submit
from arena.submissions.models import Submission

BASELINES = ("knn.py", "naive_bayes.py", "mlp.py")


class Command(BaseCommand):
    help = "Hand in the demo's baselines and student submissions that are not there yet."

    def handle(self, *args: object, **options: object) -> None:
        course = Course.objects.get(slug=SLUG)
        competitions = list(course.competitions.filter(is_lab_test=False))
        instructor = course.enrolments.get(role=Role.INSTRUCTOR).user
        for competition in competitions:
            for name in BASELINES:
                self._baseline(competition, instructor, name)
        students = [e.user for e in course.enrolments.filter(role=Role.STUDENT).order_by("pk").select_related("user")]
        total, refused = len(students), 0
        for number, user in enumerate(students):
            for competition in competitions:
                if Submission.objects.filter(competition=competition, user=user).exists():
                    continue
                solution = Path(current_solution(competition).file.path).read_text(encoding="utf-8")
                for upload in work.uploads(competition.slug, number, solution):
                    at = timezone.now() - timedelta(hours=upload.hours_ago)
                    try:
                        submit(user, competition, files=upload.files, at=at, comment=upload.comment, in_background=True)
                    except Refused as refusal:
                        refused += 1
                        self.stdout.write(f"{user.email}: {refusal}")
            if number % 20 == 19 or number + 1 == total:
                self.stdout.write(f"{number + 1} of {total} students have handed in")

    def _baseline(self, competition: Competition, instructor: object, name: str) -> None:
        if Submission.objects.filter(competition=competition, is_baseline=True, comment=name).exists():
            return
        source = (Path(settings.ROOT) / "reference_models" / name).read_bytes()
        files = {name: source}
        submit(
            instructor, competition, files=files, at=timezone.now(), comment=name, is_baseline=True, in_background=True
        )
