from django.urls import path

from arena.submissions import team_views, views

urlpatterns = [
    path("competitions/<slug:slug>/submit/", views.create, name="submit"),
    path("competitions/<slug:slug>/submissions/", views.index, name="submissions"),
    path("competitions/<slug:slug>/submissions/archive.zip", views.archive, name="submissions_archive"),
    path("competitions/<slug:slug>/team/", team_views.team, name="team"),
    path("submissions/<int:pk>/", views.detail, name="submission"),
    path("submissions/<int:pk>/live/", views.live, name="submission_live"),
    path("submissions/<int:pk>/confusion/", views.confusion, name="submission_confusion"),
    path("submissions/<int:pk>/record.json", views.record, name="submission_record"),
    path("submissions/<int:pk>/cancel/", views.cancel, name="cancel_submission"),
    path("submissions/<int:pk>/select/", views.select, name="select_submission"),
    path("submissions/<int:pk>/code/", views.explain_predictions, name="explain_predictions"),
    path("submissions/<int:pk>/withdraw/", views.withdraw, name="withdraw_submission"),
    path("submissions/<int:pk>/disqualify/", views.disqualify, name="disqualify_submission"),
    path("submissions/<int:pk>/files/<path:name>", views.download, name="submission_file"),
]
