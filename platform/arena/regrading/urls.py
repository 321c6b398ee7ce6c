from django.urls import path

from arena.regrading import views

urlpatterns = [
    path("competitions/<slug:slug>/regrades/", views.index, name="regrades"),
    path("regrades/<int:pk>/", views.detail, name="regrade"),
    path("regrades/<int:pk>/<str:act>/", views.act, name="regrade_act"),
]
