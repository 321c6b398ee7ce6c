from django.urls import path

from arena.dashboard import views

urlpatterns = [path("", views.home, name="home")]
