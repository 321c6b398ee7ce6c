from django.urls import path

from arena.courses import views

urlpatterns = [
    path("courses/<slug:slug>/roster/", views.roster, name="roster"),
    path("rosters/<int:pk>/", views.roster_import, name="roster_import"),
    path("courses/<slug:slug>/roster/invite/", views.send_invitations, name="invite"),
    path("courses/<slug:slug>/staff/", views.add_to_staff, name="add_staff"),
    path("courses/<slug:slug>/staff/<int:pk>/", views.change_staff, name="change_staff"),
]
