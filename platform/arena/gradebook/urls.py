from django.urls import path

from arena.gradebook import views

urlpatterns = [
    path("courses/<slug:slug>/marks/", views.course_marks, name="marks"),
    path("courses/<slug:slug>/marks/mine/", views.my_mark, name="my_mark"),
    path("courses/<slug:slug>/marks/<int:pk>/", views.student_mark, name="student_mark"),
    path("competitions/<slug:slug>/lab-test/", views.lab_test, name="lab_test"),
]
