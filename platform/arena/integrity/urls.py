from django.urls import path

from arena.integrity import case_views, views

urlpatterns = [
    path("competitions/<slug:slug>/plagiarism/", views.index, name="plagiarism"),
    path("plagiarism/pairs/<int:pk>/", views.pair, name="plagiarism_pair"),
    path("plagiarism/pairs/<int:pk>/export/", views.export, name="plagiarism_export"),
    path("competitions/<slug:slug>/cases/", case_views.case_list, name="cases"),
    path("cases/<int:pk>/", case_views.case_detail, name="case"),
]
