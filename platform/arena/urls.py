"""The site's addresses, one include per app."""

from django.contrib import admin
from django.urls import include, path

from arena.accounts.views import set_language
from arena.health import health

urlpatterns = [
    path("healthz/", health, name="health"),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("account/", include("arena.accounts.urls")),
    path("", include("arena.dashboard.urls")),
    path("", include("arena.notifications.urls")),
    path("", include("arena.courses.urls")),
    path("", include("arena.competitions.urls")),
    path("", include("arena.authoring.urls")),
    path("", include("arena.gallery.urls")),
    path("", include("arena.submissions.urls")),
    path("", include("arena.leaderboards.urls")),
    path("", include("arena.quizzes.urls")),
    path("", include("arena.integrity.urls")),
    path("", include("arena.gradebook.urls")),
    path("", include("arena.regrading.urls")),
    path("", include("arena.audit.urls")),
    path("", include("arena.operations.urls")),
    path("api/v1/", include("arena.api.urls")),
]
