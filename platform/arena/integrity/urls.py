from django.urls import path

from arena.integrity import views

urlpatterns = [
    path("competitions/<slug:slug>/plagiarism/", views.index, name="plagiarism"),
    path("plagiarism/pairs/<int:pk>/", views.pair, name="plagiarism_pair"),
]
