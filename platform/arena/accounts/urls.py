from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from arena.accounts import views

urlpatterns = [
    path("sign-in/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/delete/", views.delete_token, name="delete_token"),
]
