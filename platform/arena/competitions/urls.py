from django.urls import path

from arena.competitions import views

urlpatterns = [
    path("competitions/<slug:slug>/", views.detail, name="competition"),
    path("competitions/<slug:slug>/files/<str:name>", views.download, name="public_file"),
]
