"""Signing in: the second factor's gate and pages, and invitations."""
