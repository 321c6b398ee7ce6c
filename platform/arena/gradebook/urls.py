from django.urls import path

from arena.gradebook.views import (
    certainty,
    lab_tests,
    labs,
    marks,
    presentations,
    publications,
    requests,
    schemes,
    tables,
)

COURSE = "courses/<slug:slug>"
urlpatterns = [
    path(f"{COURSE}/marks/", marks.course_marks, name="marks"),
    path(f"{COURSE}/marks/mine/", marks.my_mark, name="my_mark"),
    path(f"{COURSE}/marks/mine/ask/", requests.ask_about, name="ask_about_mark"),
    path(f"{COURSE}/marks/<int:pk>/", marks.student_mark, name="student_mark"),
    path(f"{COURSE}/marks/table/", tables.table, name="mark_table"),
    path(f"{COURSE}/marks/import/", tables.import_table, name="import_table"),
    path("marks/imports/<int:pk>/", tables.import_marks, name="import_marks"),
    path(f"{COURSE}/marks/history/", tables.history, name="mark_history"),
    path("marks/changes/<int:pk>/undo/", tables.undo_batch, name="undo_marks"),
    path(f"{COURSE}/marks/export/<slug:format>/", tables.export_marks, name="export_marks"),
    path(f"{COURSE}/marks/print/", tables.print_list, name="print_marks"),
    path(f"{COURSE}/marks/scheme/", schemes.scheme, name="mark_scheme"),
    path(f"{COURSE}/marks/scheme/freeze/", schemes.freeze_scheme, name="freeze_scheme"),
    path(f"{COURSE}/marks/publish/", publications.publications, name="publications"),
    path("marks/publications/<int:pk>/", publications.publication, name="publication"),
    path(f"{COURSE}/marks/requests/", requests.requests, name="mark_requests"),
    path("competitions/<slug:slug>/bands/", certainty.certainty, name="certainty"),
    path("competitions/<slug:slug>/bands/next/", certainty.next_band, name="next_band"),
    path("competitions/<slug:slug>/lab-test/", lab_tests.lab_test, name="lab_test"),
    path(f"{COURSE}/labs/", labs.labs, name="labs"),
    path("labs/<int:pk>/", labs.lab, name="lab"),
    path("labs/<int:pk>/answers/", labs.lab_answer, name="lab_answer"),
    path(f"{COURSE}/presentations/", presentations.presentations, name="presentations"),
    path(f"{COURSE}/presentations/<int:pk>/", presentations.presentation, name="presentation"),
]
