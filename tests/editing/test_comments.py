"""Comments: who may write and remove them, whom they mention, what is told to whom, on the page and at the API."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils.translation import override

from roadmap.editing.comments import remove_comment, write_comment
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.mentions import Mentions, Named, mentions_in
from roadmap.models import Comment, Milestone, OutboxMessage, Person
from roadmap.models.comment import LONGEST_COMMENT
from roadmap.models.history import Actor
from roadmap.outbox.render import BatchMemory, render
from roadmap.outbox.showing import shown, without_powers
from roadmap.vocabulary import Door, Language, MessageKind, MessageState, Role
from tests import factories as make

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
PEOPLE = [
    Named(1, "lin", "林岚"),
    Named(2, "lin-2", "林"),
    Named(3, "wang", "Wang Lei"),
    Named(4, "wei-a", "王伟"),
    Named(5, "wei-b", "王伟"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nobody", Mentions()),
        ("@lin, look", Mentions((1,))),
        ("@LIN-2 and @lin", Mentions((2, 1))),
        ("请@林岚看", Mentions((1,))),
        ("请 @林岚看", Mentions((1,))),
        ("@林", Mentions((2,))),
        ("(@Wang Lei) @wang @Wang Lei", Mentions((3,))),
        ("@王伟", Mentions(unclear=("王伟",))),
        ("@wei-b", Mentions((5,))),
        ("@nobody!", Mentions(unknown=("nobody",))),
        ("write to lin@example.org @ 8:00", Mentions()),
        ("", Mentions()),
    ],
)
def test_the_longest_name_after_an_at_sign_is_whom_a_text_mentions(text: str, found: Mentions) -> None:
    assert mentions_in(text, PEOPLE) == found


@pytest.fixture
def owner(db: None) -> Person:
    return make.make_person(username="lin", full_name="林岚", organisation=make.make_organisation())


@pytest.fixture
def milestone(owner: Person) -> Milestone:
    return make.make_milestone(code="m", title_en="Pilot", owner=owner, organisation=owner.organisation)


def said(milestone: Milestone, text: str, person: Person) -> Comment:
    return write_comment(milestone, by=Actor(person, Door.WEB), now=NOW, text=text)


def test_a_mention_is_mailed_once_to_each_in_their_language_and_not_to_the_author(
    milestone: Milestone, owner: Person
) -> None:
    other = make.make_person(
        username="wang", full_name="Wang Lei", organisation=owner.organisation, language=Language.ENGLISH
    )
    made = said(milestone, "  @Wang Lei <b>look</b>, @wang @lin  ", owner)
    row = OutboxMessage.objects.get()
    assert (row.key, row.kind, row.recipient) == (f"comment/{made.pk}/{other.pk}", MessageKind.COMMENT, other)
    assert (made.text, made.history.get().history_user) == ("@Wang Lei <b>look</b>, @wang @lin", owner)
    render(row, BatchMemory(now=NOW))
    mail = shown(without_powers(bytes(row.rendered or b"")))
    assert mail.subject == "林岚 mentions you: “Pilot”"
    assert "@Wang Lei <b>look</b>" in mail.text
    assert "&lt;b&gt;look&lt;/b&gt;" in mail.html
    assert f"/milestones/m/#comment-{made.pk}" in mail.text


def test_removing_a_comment_takes_its_mail_back_and_keeps_its_history(milestone: Milestone, owner: Person) -> None:
    make.make_person(username="wang", organisation=owner.organisation)
    colleague = make.make_person(role=Role.LEAD, organisation=owner.organisation)
    made = said(milestone, "@wang", owner)
    with pytest.raises(NotAllowed):
        remove_comment(made, by=Actor(colleague, Door.API))
    remove_comment(made, by=Actor(owner, Door.WEB))
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    assert list(Comment.history.values_list("history_type", "text")) == [("-", "@wang"), ("+", "@wang")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "This field cannot be blank."),
        ("x" * (LONGEST_COMMENT + 1), "Ensure this value has at most 4000 characters (it has 4001)."),
        ("@stranger", "Nobody whom you can mention is called “stranger”."),
        ("@Wang Lei", "Several people are called “Wang Lei”: write the user name."),
        (" ".join(f"@many-{number}" for number in range(21)), "Mention at most 20 people."),
    ],
    ids=["empty", "too long", "a stranger", "unclear", "too many"],
)
def test_what_cannot_be_said_is_refused_and_nobody_is_told(
    text: str, why: str, milestone: Milestone, owner: Person
) -> None:
    """A stranger is there, but the author can't know of them; so they can't find out by mentioning them either."""
    make.make_person(username="stranger", organisation=make.make_organisation())
    for _number in range(2):
        make.make_person(full_name="Wang Lei", organisation=owner.organisation)
    for number in range(21):
        make.make_person(username=f"many-{number}", organisation=owner.organisation)
    with pytest.raises(InvalidChange) as refused, override("en"):
        said(milestone, text, owner)
    with override("en"):
        assert {name: str(words) for name, words in refused.value.fields.items()} == {"text": why}
    assert (Comment.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_comments_are_read_by_all_and_written_by_who_may_report(
    milestone: Milestone, owner: Person, client: Client
) -> None:
    """On the page: escaped, refused with the text kept, removed by its author; a kept copy doesn't outlive it."""
    client.cookies["django_language"] = "en"
    here, there = "/milestones/m/", "/milestones/m/comment/"
    page = client.get(here)
    assert b"h-comments" not in page.content
    client.force_login(make.make_person(organisation=owner.organisation, role=Role.OBSERVER))
    assert client.post(there, {"text": "hello"}).status_code == 403
    client.force_login(owner)
    wrong = client.post(there, {"text": "@nobody & more"})
    assert (wrong.status_code, b">@nobody &amp; more</textarea>" in wrong.content) == (422, True)
    assert client.post(there, {"text": "<i>Done</i>\nsoon"})["Location"] == f"{here}#comment-{Comment.objects.get().pk}"
    remove = f"/milestones/m/comment/{Comment.objects.get().pk}/remove/"
    assert remove in client.get(here).content.decode()
    client.logout()
    public = client.get(here, headers={"If-None-Match": page["ETag"]})
    assert (public.status_code, b"&lt;i&gt;Done&lt;/i&gt;<br>soon" in public.content) == (200, True)
    assert remove not in public.content.decode()
    client.force_login(make.make_person(organisation=owner.organisation, role=Role.LEAD))
    client.post(remove)
    assert Comment.objects.count() == 1
    client.force_login(owner)
    assert client.post(remove)["Location"] == f"{here}#h-comments"
    assert Comment.objects.count() == 0


def test_a_comment_is_written_and_removed_in_the_administration(milestone: Milestone, client: Client) -> None:
    office = make.make_office_person()
    client.force_login(office)
    add = "/admin/roadmap/comment/add/"
    assert client.post(add, {"milestone": milestone.pk, "text": "Agreed."}).status_code == 302
    made = Comment.objects.get()
    assert (made.text, made.written_by, made.history.get().door) == ("Agreed.", office, Door.ADMIN)
    assert client.post(f"/admin/roadmap/comment/{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Comment.objects.count() == 0
