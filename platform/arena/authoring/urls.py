from django.urls import path

from arena.authoring import bundle_views, metric_views, term_views, views

urlpatterns = [
    path("courses/new/", term_views.new_course, name="new_course"),
    path("courses/<slug:slug>/edit/", term_views.edit_course, name="edit_course"),
    path("courses/<slug:slug>/competitions/new/", views.create, name="new_competition"),
    path("courses/<slug:slug>/competitions/import/", views.load, name="import_competition"),
    path("courses/<slug:slug>/competitions/bundle/", bundle_views.bundle, name="import_bundle"),
    path("competitions/<slug:slug>/edit/", views.basics, name="edit_basics"),
    path("competitions/<slug:slug>/edit/data/", views.data, name="edit_data"),
    path("competitions/<slug:slug>/edit/metric/", metric_views.metric, name="edit_metric"),
    path("competitions/<slug:slug>/edit/task/", views.task, name="edit_task"),
    path("competitions/<slug:slug>/edit/task/preview/", views.preview, name="edit_preview"),
    path("competitions/<slug:slug>/edit/baselines/", views.baselines, name="edit_baselines"),
    path("competitions/<slug:slug>/edit/publish/", views.publish, name="edit_publish"),
    path("competitions/<slug:slug>/edit/extensions/", views.extensions, name="edit_extensions"),
    path("competitions/<slug:slug>/duplicate/", views.duplicate, name="duplicate_competition"),
    path("competitions/<slug:slug>/export/", views.export, name="export_competition"),
]
