from django.contrib.auth import views as auth
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from arena.accounts import views
from arena.accounts.forms import SignInForm


class PasswordChange(SuccessMessageMixin, auth.PasswordChangeView):
    success_url = reverse_lazy("home")
    success_message = _("Your password is changed.")


class PasswordSet(SuccessMessageMixin, auth.PasswordResetConfirmView):
    success_url = reverse_lazy("login")
    success_message = _("Your password is set. Sign in with it.")


SIGN_IN = auth.LoginView.as_view(redirect_authenticated_user=True, authentication_form=SignInForm)
urlpatterns = [
    path("sign-in/", SIGN_IN, name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("password/", PasswordChange.as_view(), name="password_change"),
    path("password/forgotten/", views.PasswordReset.as_view(), name="password_reset"),
    path("password/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password/<uidb64>/<token>/", PasswordSet.as_view(), name="password_reset_confirm"),
    path("email/", views.email, name="email"),
    path("email/<str:link>/", views.email_confirm, name="email_confirm"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/delete/", views.delete_token, name="delete_token"),
]
