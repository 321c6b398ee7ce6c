from django.urls import path

from arena.audit import views

urlpatterns = [
    path("audit/", views.index, name="audit"),
    path("audit/export/", views.export, name="audit_export"),
]
