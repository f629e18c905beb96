"""Entity tags: nothing is overwritten unseen, nothing is sent twice."""

import gzip
from datetime import date

import pytest
from django.utils.http import parse_etags

from roadmap.editing.progress import record_progress
from roadmap.models import Milestone, ProgressUpdate
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db
ACTS = {
    "complete/": {},
    "reopen/": {"reason": "r"},
    "cancel/": {"reason": "r"},
    "reschedule/": {"due_on": "2027-01-31", "reason": "r"},
    "reassign/": {"owner": None},
}


def test_tag_of_a_milestone_begins_with_its_version(stranger, milestone):
    tag = stranger.get(f"milestones/{milestone.pk}/").headers["ETag"]
    assert tag.startswith('"1.')
    assert parse_etags(tag) == [tag]


@pytest.mark.parametrize("path", ["milestones/{}/", "milestones/", "roadmaps/smart/progress/", "phases/"])
def test_reader_who_has_it_already_gets_304_without_a_body(stranger, milestone, path):
    first = stranger.get(path.format(milestone.pk))
    for tag in (first.headers["ETag"], f"W/{first.headers['ETag']}"):  # as it was, and as compressing makes it
        second = stranger.get(path.format(milestone.pk), If_None_Match=f'"other", {tag}')
        assert (second.status_code, second.content, second.headers["ETag"]) == (304, b"", tag)
    assert second.headers["Vary"] == first.headers["Vary"]
    head = stranger("HEAD", path.format(milestone.pk))
    assert (head.status_code, head.headers["ETag"]) == (200, first.headers["ETag"])


def test_tag_changes_with_everything_that_is_shown(stranger, milestone, time_machine):
    def tag(**headers):
        return stranger.get(f"milestones/{milestone.pk}/", **headers).headers["ETag"]

    seen = [tag(), tag(Accept_Language="zh-CN")]
    make.make_update(milestone, 10, date(2026, 11, 1))
    seen.append(tag())
    make.make_deliverable(milestone)
    seen.append(tag())
    type(milestone.phase).objects.update(title_en="Renamed")
    seen.append(tag())
    time_machine.move_to("2026-11-23T16:00:00+00:00", tick=False)  # midnight in Shanghai
    seen.append(tag())
    assert len(set(seen)) == len(seen)
    assert tag() == seen[-1]


@pytest.mark.parametrize("act", ["", *ACTS])
def test_change_without_if_match_is_428(office, milestone, act):
    address = f"milestones/{milestone.pk}/{act}"
    answer = office.post(address, ACTS[act]) if act else office.patch(address, {"title_en": "x"})
    assert (answer.status_code, answer.json()["type"]) == (
        428,
        "http://127.0.0.1:8000/api/problems/needs-if-match/",
    )
    milestone.refresh_from_db()
    assert milestone.version == 1


@pytest.mark.parametrize("act", ["", *ACTS])
@pytest.mark.parametrize("tag", ['"2.00"', '"0.00"', "1", '"1"', "nonsense", '"99999999999999999999.00"'])
def test_change_from_another_version_is_412_with_the_current_state(office, milestone, act, tag):
    address = f"milestones/{milestone.pk}/"
    current = office.get(address)
    tag = tag.format(own=current.headers["ETag"])
    answer = (
        office.post(address + act, ACTS[act], If_Match=tag)
        if act
        else office.patch(address, {"title_en": "x"}, If_Match=tag)
    )
    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (412, "application/problem+json")
    assert problem["current"] == current.json()
    assert answer.headers["ETag"].strip('"') == current.headers["ETag"].strip('"').rpartition(".")[0]
    milestone.refresh_from_db()
    assert milestone.version == 1


def test_second_of_two_writers_is_stopped(office, lead, milestone):
    address = f"milestones/{milestone.pk}/"
    tag = office.get(address).headers["ETag"]
    assert office.patch(address, {"title_en": "Office"}, If_Match=tag).status_code == 200
    refused = lead.patch(address, {"title_en": "Lead"}, If_Match=tag)
    assert (refused.status_code, refused.json()["current"]["title_en"]) == (412, "Office")
    assert lead.patch(address, {"title_en": "Lead"}, If_Match=refused.headers["ETag"]).status_code == 200
    assert Milestone.objects.get(pk=milestone.pk).title_en == "Lead"


def test_report_midnight_or_language_do_not_spoil_an_edit(office, milestone, time_machine):
    address = f"milestones/{milestone.pk}/"
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)
    tag = office.get(address, Accept_Language="zh-CN").headers["ETag"]
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=20)
    time_machine.move_to("2026-11-24T16:00:00+00:00", tick=False)
    assert office.get(address).headers["ETag"] != tag
    assert office.patch(address, {"title_en": "Mine"}, If_Match=tag).status_code == 200


def test_one_of_several_tags_is_enough(office, milestone):
    address = f"milestones/{milestone.pk}/"
    tag = office.get(address).headers["ETag"]
    assert office.patch(address, {"title_en": "Mine"}, If_Match=f'"abc", {tag}').status_code == 200


def test_report_may_ask_for_a_version_too(office, milestone):
    address = f"milestones/{milestone.pk}/progress-updates/"
    refused = office.post(address, {"percent_complete": 10}, If_Match='"7.00"')
    assert (refused.status_code, refused.json()["current"]["id"]) == (412, milestone.pk)
    assert not ProgressUpdate.objects.exists()
    assert office.post(address, {"percent_complete": 10}, If_Match="*").status_code == 201


def test_answers_are_kept_by_nobody_else(stranger, milestone):
    answer = stranger.get(f"milestones/{milestone.pk}/")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept-Language", "Authorization"} <= {one.strip() for one in answer.headers["Vary"].split(",")}


def test_answers_that_are_read_travel_compressed_and_their_tags_are_taken_back(office, milestone):
    address, packed = f"milestones/{milestone.pk}/", {"Accept_Encoding": "gzip"}
    plain, small = office.get(address), office.get(address, **packed)
    assert (small.headers["Content-Encoding"], gzip.decompress(small.content)) == ("gzip", plain.content)
    tag = small.headers["ETag"]
    unchanged = office.get(address, If_None_Match=tag, **packed)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    for name in ("Cache-Control", "Vary"):
        assert unchanged.headers[name] == small.headers[name]
    assert unchanged.headers["ETag"] == tag
    assert office.patch(address, {"title_en": "Mine"}, If_Match=tag).status_code == 200
    assert office.get("/api/schema/", **packed).headers["Content-Encoding"] == "gzip"


def test_answers_that_may_hold_a_secret_are_never_compressed(office):
    made = office.post("tokens/", {"name": "a" * 80, "scopes": ["read"]}, Accept_Encoding="gzip")
    assert (made.status_code, made.headers.get("Content-Encoding")) == (201, None)
    assert len(made.content) > 200  # that would be worth it


REWRITTEN = ["W/{}", "{}-gzip", "{}--gzip", "{};br", "W/{};gzip"]


def rewritten(tag: str, way: str) -> str:
    return way.format(tag) if way == "W/{}" else way.partition("{}")[0] + tag[:-1] + way.partition("{}")[2] + '"'


@pytest.mark.parametrize("way", REWRITTEN)
def test_a_tag_that_a_proxy_rewrote_counts_as_the_tag(office, stranger, milestone, way):
    address = f"milestones/{milestone.pk}/"
    tag = stranger.get(address).headers["ETag"]
    known = stranger.get(address, If_None_Match=rewritten(tag, way))
    assert (known.status_code, known.headers["ETag"]) == (304, f"W/{tag}" if way.startswith("W/") else tag)
    changed = office.patch(address, {"title_en": "New"}, If_Match=rewritten(tag, way))
    assert changed.status_code == 200
    stale = office.patch(address, {"title_en": "Newer"}, If_Match=rewritten(tag, way))
    assert stale.status_code == 412
