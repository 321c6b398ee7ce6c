from django.urls import path

from arena.operations import views

urlpatterns = [
    path("desk/", views.index, name="desk"),
    path("desk/<str:kind>/<int:pk>/<str:act>/", views.act, name="desk_act"),
]
