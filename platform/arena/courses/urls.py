from django.urls import path

from arena.courses import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz/", views.health, name="health"),
    path("notifications/", views.notifications, name="notifications"),
]
