"""Signing in and out for everybody who reads the website; the administration has a door of its own, for its staff."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import reverse_lazy

sign_in = LoginView.as_view(
    template_name="roadmap/sign_in.html",
    next_page=reverse_lazy("web:overview"),
    redirect_authenticated_user=True,
)
sign_out = LogoutView.as_view(next_page=reverse_lazy("web:overview"))
