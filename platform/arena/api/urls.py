from django.urls import path

from arena.api.v1 import api

urlpatterns = [path("", api.urls)]
