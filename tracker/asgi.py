"""The entry for ASGI servers."""

from django.core.asgi import get_asgi_application

from tracker.start import read_settings

read_settings()
application = get_asgi_application()
