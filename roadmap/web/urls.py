"""The addresses of the website. ``page`` guards each one that shows the roadmap."""

from django.urls import path

from roadmap.web import mailbox
from roadmap.web.reading import page
from roadmap.web.views import indicators, initiatives, milestones, overview, plain, signing_in

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
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("favicon.ico", plain.favicon, name="favicon"),
    path("robots.txt", plain.robots, name="robots"),
]
