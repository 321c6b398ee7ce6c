from django.urls import path

from arena.integrity import case_views, known_views, views

urlpatterns = [
    path("competitions/<slug:slug>/plagiarism/", views.index, name="plagiarism"),
    path("competitions/<slug:slug>/plagiarism/known/", known_views.known, name="known_code"),
    path("plagiarism/runs/<int:pk>/export/", views.export_run, name="plagiarism_run_export"),
    path("plagiarism/pairs/<int:pk>/", views.pair, name="plagiarism_pair"),
    path("plagiarism/pairs/<int:pk>/export/", views.export, name="plagiarism_export"),
    path("competitions/<slug:slug>/cases/", case_views.case_list, name="cases"),
    path("cases/<int:pk>/", case_views.case_detail, name="case"),
]
