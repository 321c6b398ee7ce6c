from django.urls import path

from arena.gallery import views

urlpatterns = [
    path("models/", views.index, name="gallery"),
    path("models/<slug:slug>/", views.show, name="gallery_model"),
    path("models/<slug:slug>/baseline/", views.add, name="gallery_add"),
]
