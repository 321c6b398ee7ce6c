from django.urls import path

from arena.notifications import views

urlpatterns = [path("notifications/", views.index, name="notifications")]
