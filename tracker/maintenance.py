"""While the program is being worked on: every address answers that it will be back, in both languages.

It begins when the file ``DATA_DIR/maintenance`` is made and ends when it is taken away; nothing is restarted. Static
files and ``/health/`` answer as ever.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

Handler = Callable[[HttpRequest], HttpResponse]
RETRY_SECONDS = "300"


def announced_by_file(get_response: Handler) -> Handler:
    """Middleware that answers itself while the file is there, and hands every request on otherwise."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.MAINTENANCE_FILE.exists():
            return get_response(request)
        if request.path_info.startswith("/api/"):
            problem = {"type": "about:blank", "title": "Under maintenance", "status": 503}
            response: HttpResponse = JsonResponse(problem, status=503, content_type="application/problem+json")
        else:
            response = HttpResponse(render_to_string("503.html"), status=503)
        response.headers["Retry-After"] = RETRY_SECONDS
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer
