from django.urls import path

from arena.quizzes import views

urlpatterns = [
    path("courses/<slug:slug>/quizzes/", views.index, name="quizzes"),
    path("courses/<slug:slug>/quizzes/review/", views.queue, name="quiz_review"),
    path("quizzes/<int:pk>/apply/", views.apply_quiz, name="apply_quiz"),
    path("quizzes/<int:pk>/", views.detail, name="quiz"),
    path("quizzes/<int:pk>/remove/", views.remove_quiz, name="remove_quiz"),
    path("quizzes/players/<int:pk>/resolve/", views.resolve_player, name="resolve_player"),
]
