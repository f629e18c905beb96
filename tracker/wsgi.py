"""The entry for WSGI servers."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from roadmap.program import program
from tracker import metrics_files
from tracker.start import read_settings
from tracker.wellformed import AddressInUtf8

read_settings()
metrics_files.share()
application = get_wsgi_application()
application.request_class = AddressInUtf8
program()  # its mark is that of the files which are read now
_ = get_resolver().url_patterns  # read before workers are forked, so that they share it, and the first request needn't
