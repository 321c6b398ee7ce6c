"""Announcements, and questions with their answers: a log that everybody of the course can read and nobody can edit."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition, Post
from arena.courses.selectors import is_course_staff, students_of
from arena.notifications.services import notify

# each question is a message to all of the staff
QUESTIONS_A_DAY = 5


class TooManyQuestions(Exception):
    """The person has asked as much today as one may."""


def visible_posts(user: User, competition: Competition) -> QuerySet[Post]:
    """Staff see all; others what is public and their own questions. Newest first."""
    posts = competition.posts.select_related("author", "answered_by")
    if is_course_staff(user, competition.course):
        return posts
    return posts.filter(Q(is_public=True) | Q(author=user))


def announce(competition: Competition, text: str, *, author: User) -> Post:
    """Tell every student of the course."""
    with transaction.atomic():
        post = Post.objects.create(competition=competition, author=author, text=text)
        audit("competition.announced", competition, actor=author, post=post.pk)
        for enrolment in students_of(competition.course):
            _tell(enrolment.user, "announced", competition)
    return post


def ask(competition: Competition, text: str, *, author: User) -> Post:
    """A question to the staff, seen by nobody else until they answer it for everybody. Raises `TooManyQuestions`."""
    with transaction.atomic():
        # the lock makes two questions at once count one after the other
        User.objects.select_for_update().get(pk=author.pk)
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        asked = Post.objects.filter(author=author, is_question=True, created_at__gte=today)
        if asked.count() >= QUESTIONS_A_DAY:
            raise TooManyQuestions
        post = Post.objects.create(competition=competition, author=author, text=text, is_question=True, is_public=False)
        for enrolment in competition.course.enrolments.exclude(role="student").select_related("user"):
            _tell(enrolment.user, "asked", competition)
    return post


def answer(post: Post, text: str, *, for_everybody: bool, author: User) -> Post:
    """Answer a question once; `for_everybody` shows question and answer to the course, without the asker's name."""
    with transaction.atomic():
        post.answer, post.answered_by, post.answered_at = text, author, timezone.now()
        post.is_public = for_everybody
        post.save()
        audit("competition.answered", post.competition, actor=author, post=post.pk, public=for_everybody)
        _tell(post.author, "answered", post.competition)
    return post


def _tell(user: User, code: str, competition: Competition) -> None:
    url = reverse("discussion", args=[competition.slug])
    notify(user, code, params={"competition": competition.title}, url=url)
