"""The addresses of the website. ``page`` guards each one that shows the roadmap."""

from django.urls import path

from roadmap.web import mailbox
from roadmap.web.answering import views as answering
from roadmap.web.reading import page
from roadmap.web.views import indicators, initiatives, leaving, milestones, overview, plain, signing_in

app_name = "web"
urlpatterns = [
    page("", overview.overview, name="overview"),
    page("roadmaps/<slug:code>/", overview.overview, name="roadmap"),
    page("milestones/", milestones.milestone_list, name="milestones"),
    page("milestones/<slug:code>/", milestones.milestone_page, name="milestone"),
    page("initiatives/<slug:code>/", initiatives.initiative_page, name="initiative"),
    page("indicators/", indicators.indicator_list, name="indicators"),
    page("mailbox/", mailbox.mailbox, name="mailbox"),
    page("mailbox/<str:key>/", mailbox.mailbox_message, name="mailbox-message"),
    page("mailbox/<str:key>/html/", mailbox.mailbox_html, name="mailbox-html"),
    path("milestones/<slug:code>/answer/", answering.answer_signed_in, name="milestone-answer"),
    path("milestones/<slug:code>/answer/<int:number>/", answering.given_signed_in, name="milestone-given"),
    path("answer/<str:token>/", answering.answer, name="answer"),
    path("answer/<str:token>/<int:number>/", answering.given, name="answer-given"),
    path("answer/<str:token>/end/", answering.end_links, name="answer-end"),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("favicon.ico", plain.favicon, name="favicon"),
    path("robots.txt", plain.robots, name="robots"),
]
