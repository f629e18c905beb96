"""The entry for WSGI servers."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tracker.start import read_settings

read_settings()
application = get_wsgi_application()
_ = get_resolver().url_patterns  # read before workers are forked, so that they share it, and the first request needn't
