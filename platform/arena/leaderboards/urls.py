from django.urls import path

from arena.leaderboards import sign_views, views

urlpatterns = [
    path("competitions/<slug:slug>/leaderboard/", views.show, name="leaderboard"),
    path("competitions/<slug:slug>/leaderboard/mine/", views.standing, name="standing"),
    path("competitions/<slug:slug>/reproductions/", views.reproductions, name="reproductions"),
    path("competitions/<slug:slug>/leaderboard/signs/", sign_views.signs, name="signs"),
    path("competitions/<slug:slug>/leaderboard/reveal/", views.reveal, name="reveal_board"),
    path("competitions/<slug:slug>/leaderboard/name/", views.pseudonym, name="pseudonym"),
]
