"""A case: staff see everything and decide; a student of it sees his own part, answers and may appeal."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from arena.accounts.idempotency import once
from arena.competitions.entrants import mates
from arena.competitions.views import competition_or_404, page_context
from arena.courses.selectors import is_course_staff, is_instructor
from arena.integrity.cases import CaseClosed, add_note, answer, appeal, decide, digest
from arena.integrity.models import Case, CaseStatus, Outcome
from arena.integrity.selectors import evidence_sides
from arena.integrity.views import staff_context
from arena.parameters import whole_number


@login_required
def case_list(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    context = staff_context(request, competition)
    context["cases"] = competition.cases.prefetch_related("parties__user").select_related("opened_by")
    return render(request, "integrity/case_list.html", context)


@login_required
@once
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(Case.objects.select_related("competition__course", "opened_by"), pk=pk)
    course = case.competition.course
    is_staff = is_course_staff(request.user, course)
    me = case.parties.filter(user=request.user).first()
    entrant = mates(request.user.pk, case.competition)
    if not is_staff and me is None:
        raise Http404
    if request.method == "POST":
        try:
            _act(request, case)
        except CaseClosed:
            messages.error(request, _("That is no longer possible: the case has moved on."))
        except ValueError:
            messages.error(request, _("A decision needs an outcome and a reason."))
        return redirect("case", pk=pk)
    context = page_context(request, case.competition) | {
        "case": case,
        "me": None if is_staff else me,
        "parties": case.parties.select_related("user", "decided_by") if is_staff else [],
        "evidence": [
            {
                "row": row,
                "is_intact": digest(row.document) == row.sha256,
                "sides": evidence_sides(row.document, only_users=None if is_staff else entrant),
            }
            for row in case.evidence.all()
            if is_staff or {side["user"] for side in row.document["sides"]}.intersection(entrant)
        ],
        "notes": case.notes.select_related("author") if is_staff else [],
        "can_decide": is_staff and is_instructor(request.user, course),
        "outcomes": Outcome.choices,
        "is_open": case.status == CaseStatus.OPEN,
        "can_appeal": me is not None
        and case.status in {CaseStatus.DECIDED, CaseStatus.APPEALED}
        and me.outcome in {Outcome.WARNING, Outcome.PENALTY}
        and me.appealed_at is None,
    }
    return render(request, "integrity/case_detail.html", context)


def _act(request: HttpRequest, case: Case) -> None:
    """One of the page's forms. Whoever may not do it gets a 404."""
    action, text = request.POST.get("action"), request.POST.get("text", "").strip()
    course = case.competition.course
    me = case.parties.filter(user=request.user).first()
    if action == "note" and text and is_course_staff(request.user, course):
        add_note(case, text=text, actor=request.user)
    elif action == "decide" and is_instructor(request.user, course):
        party = get_object_or_404(case.parties, pk=whole_number(request.POST.get("party")))
        decide(party, outcome=request.POST.get("outcome", ""), reason=text, actor=request.user)
        messages.success(request, _("The decision is recorded and the student is told."))
    elif action == "answer" and me is not None and text:
        answer(me, text=text)
        messages.success(request, _("Your answer is saved."))
    elif action == "appeal" and me is not None and text:
        appeal(me, text=text)
        messages.success(request, _("Your appeal is handed in."))
    else:
        raise Http404
