"""Gunicorn's settings, the same embedded and in production: ``gunicorn -c python:tracker.serving tracker.wsgi``.

``BIND`` (address, or ``fd://N`` from the embedded supervisor), ``WEB_WORKERS`` and ``WEB_THREADS`` come from the
environment.
"""

from pathlib import Path

from tracker import env

bind = env.text("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = env.whole_number("WEB_WORKERS", 2, at_least=1, at_most=64)
threads = env.whole_number("WEB_THREADS", 8, at_least=1, at_most=128)
preload_app = True  # a bad setting ends the server at once, with its one line
timeout = 60
graceful_timeout = 8
max_requests = 20_000  # a slow leak never adds up
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a heartbeat file; memory never blocks)
control_socket_disable = True
