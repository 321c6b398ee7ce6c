from django.urls import path

from arena.competitions import views

urlpatterns = [
    path("competitions/<slug:slug>/", views.detail, name="competition"),
    path("competitions/<slug:slug>/files/<str:name>", views.download, name="public_file"),
    path("competitions/<slug:slug>/rules/accept/", views.accept, name="accept_rules"),
    path("competitions/<slug:slug>/discussion/", views.discussion, name="discussion"),
    path("competitions/<slug:slug>/discussion/<int:pk>/", views.reply, name="answer"),
]
