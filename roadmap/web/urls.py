"""The addresses of the website. ``page`` guards each one that shows the roadmap."""

from functools import partial

from django.urls import URLPattern, path

from roadmap.web import mailbox
from roadmap.web.answering import views as answering
from roadmap.web.embedding import card
from roadmap.web.own import commenting, kept_views, leave, previews
from roadmap.web.own import views as mine
from roadmap.web.own.doors import ACTING, ASKING, own
from roadmap.web.reading import View, page, plan_page
from roadmap.web.signing import account, invitation
from roadmap.web.takeaway.tables import WRITERS
from roadmap.web.views import (
    calendar,
    changes,
    curves,
    embedded,
    evidence,
    explain,
    forecast,
    indicators,
    initiatives,
    leaving,
    matrix,
    milestones,
    organisations,
    overview,
    plain,
    reports,
    search,
    subscribing,
    timeline,
)


def table_pages(name: str, view: View) -> list[URLPattern]:
    """The addresses of a list as files."""
    return [plan_page(f"{name}.{kind}", partial(view, kind=kind), name=f"{name}-{kind}") for kind in WRITERS]


app_name = "web"
urlpatterns = [
    plan_page("", overview.overview, name="overview"),
    plan_page("roadmaps/<slug:code>/", overview.overview, name="roadmap"),
    plan_page("matrix/", matrix.matrix_page, name="matrix"),
    plan_page("progress/", curves.progress_page, name="progress"),
    plan_page("progress.csv", curves.progress_table, name="progress-csv"),
    plan_page("progress.svg", curves.progress_drawing, name="progress-svg"),
    plan_page("forecast/", forecast.forecast_page, name="forecast"),
    plan_page("timeline/", timeline.timeline_page, name="timeline"),
    plan_page("timeline.svg", timeline.timeline_svg, name="timeline-svg"),
    plan_page("timeline.png", timeline.timeline_png, name="timeline-png"),
    plan_page("timeline.pdf", timeline.timeline_pdf, name="timeline-pdf"),
    plan_page("explain/", explain.explain_page, name="explain"),
    plan_page("milestones/", milestones.milestone_list, name="milestones"),
    *table_pages("milestones", milestones.milestone_file),
    plan_page("milestones/<slug:code>/", milestones.milestone_page, name="milestone"),
    plan_page("initiatives/<slug:code>/", initiatives.initiative_page, name="initiative"),
    page("reports/<str:month>/", reports.report_page, name="report"),
    page("reports/<str:month>.pdf", reports.report_pdf, name="report-pdf"),
    page("reports/<str:month>.xlsx", reports.report_workbook, name="report-xlsx"),
    plan_page("calendar/", calendar.calendar_page, name="calendar"),
    plan_page("calendar.ics", calendar.calendar_file_page, name="calendar-file"),
    plan_page("search/", search.search_page, name="search"),
    plan_page("changes/", changes.changes_page, name="changes"),
    *table_pages("changes", changes.changes_file),
    plan_page("organisations/", organisations.organisation_list, name="organisations"),
    *table_pages("organisations", organisations.organisation_file),
    plan_page("organisations/<slug:code>/", organisations.organisation_page, name="organisation"),
    page("subscribe/", subscribing.subscribing, name="subscribe"),
    own("subscribe/address/", subscribing.new_feed_address, name="feed-address-new", methods=ACTING),
    card("gates/<slug:code>/", embedded.gate_card, name="embed-gate"),
    card("matrix/", embedded.matrix_card, name="embed-matrix"),
    plan_page("indicators/", indicators.indicator_list, name="indicators"),
    *table_pages("indicators", indicators.indicator_file),
    page("mailbox/", mailbox.mailbox, name="mailbox"),
    page("mailbox/<str:key>/", mailbox.mailbox_message, name="mailbox-message"),
    page("mailbox/<str:key>/html/", mailbox.mailbox_html, name="mailbox-html"),
    own("mailbox/<str:key>/links/", mailbox.mailbox_links, name="mailbox-links", methods=ACTING),
    own("milestones/<slug:code>/watch/", mine.watch_milestone, name="milestone-watch", methods=ACTING),
    own("milestones/<slug:code>/comment/", commenting.comment, name="milestone-comment", methods=ACTING),
    own(
        "milestones/<slug:code>/comment/<int:number>/remove/",
        commenting.remove,
        name="comment-remove",
        methods=ACTING,
    ),
    path("milestones/<slug:code>/answer/", answering.answer_signed_in, name="milestone-answer"),
    path("milestones/<slug:code>/answer/<int:number>/", answering.given_signed_in, name="milestone-given"),
    path("answer/<str:token>/", answering.answer, name="answer"),
    path("answer/<str:token>/<int:number>/", answering.given, name="answer-given"),
    path("answer/<str:token>/end/", answering.end_links, name="answer-end"),
    own("evidence/<int:number>/file/", evidence.evidence_file, name="evidence-file"),
    own("my-views/new/", kept_views.new_view, name="view-new", methods=ASKING),
    own("my-views/<int:number>/end/", kept_views.end_view, name="view-end", methods=ACTING),
    own("my-mail/", mine.my_mail, name="my-mail"),
    own("my-mail/reminders/", mine.optional_reminders, name="optional-reminders", methods=ACTING),
    own("my-mail/watches/<int:number>/stop/", mine.stop_watch, name="watch-stop", methods=ACTING),
    own("my-mail/digests/new/", mine.new_digest, name="digest-new", methods=ASKING),
    own("my-mail/digests/<int:number>/", mine.digest, name="digest", methods=ASKING),
    own("my-mail/digests/<int:number>/next/", previews.next_issue, name="digest-next"),
    own("my-mail/digests/<int:number>/next/html/", previews.next_issue_html, name="digest-next-html"),
    own("my-mail/digests/<int:number>/pause/", mine.pause_digest, name="digest-pause", methods=ACTING),
    own("my-mail/digests/<int:number>/stop/", mine.stop_digest, name="digest-stop", methods=ACTING),
    own("my-mail/digests/<int:number>/start/", mine.start_digest, name="digest-start", methods=ACTING),
    own("my-mail/leave/new/", leave.new_leave, name="leave-new", methods=ASKING),
    own("my-mail/leave/<int:number>/", leave.leave, name="leave", methods=ASKING),
    own("my-mail/leave/<int:number>/end/", leave.back_early, name="leave-end", methods=ACTING),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    own("account/", account.account_page, name="account"),
    own("account/sessions/end/", account.end_sessions, name="sessions-end", methods=ACTING),
    own("account/sessions/<int:number>/end/", account.end_sessions, name="session-end", methods=ACTING),
    own("account/tokens/end/", account.end_tokens, name="tokens-end", methods=ACTING),
    own("account/tokens/<int:number>/end/", account.end_tokens, name="token-end", methods=ACTING),
    path("favicon.ico", plain.favicon, name="favicon"),
    path("robots.txt", plain.robots, name="robots"),
]
