"""A round trip through the API: read the plan, report progress, mirror what changed, explain a figure.

Needs httpx; set TRACKER_URL and TRACKER_TOKEN (a token that may read, report and write external references).
"""

import os
import uuid

import httpx

ROADMAP, MILESTONE, SYSTEM = "smart-customs", "intelligent-image-review-2026", "inspection"

api = httpx.Client(
    base_url=os.environ["TRACKER_URL"] + "/api/v1/",
    headers={"Authorization": "Bearer " + os.environ["TRACKER_TOKEN"], "Accept-Language": "en"},
)


def ask(method: str, path: str, **options) -> httpx.Response:
    """The answer; of a problem its details are told."""
    answer = api.request(method, path, **options)
    if answer.is_error:
        raise SystemExit(f"{answer.status_code} {answer.json()['title']}: {answer.json().get('errors')}")
    return answer


def pages(path: str, **asked):
    """Every entry of a list, page after page."""
    page = ask("GET", path, params=asked).json()
    yield from page["results"]
    while page["next"]:
        page = ask("GET", page["next"]).json()
        yield from page["results"]


def changes(after: str):
    """Every change after the cursor, each with the cursor from which to go on."""
    has_more = True
    while has_more:
        page = ask("GET", "changes/", params={"after": after}).json()
        yield from page["results"]
        after, has_more = page["cursor"], page["has_more"]


# 1. The catalogue: what is to be there when, and whose it is.
plan = list(pages("milestones/", roadmap=ROADMAP, fields="id,code,due_on,organisation,progress", expand="organisation"))
mine = next(one for one in plan if one["code"] == MILESTONE)
print(f"{len(plan)} milestones; {MILESTONE} is due on {mine['due_on']}, {mine['progress']['earned_percent']} % done")

# From here on a mirror would follow.
cursor = ask("GET", "changes/", params={"fields": "cursor"}).json()["cursor"]
for change in changes(cursor):
    cursor = change["cursor"]

# 2. Report progress of what was read (If-Match), once, even if the line breaks and it is sent again (Idempotency-Key).
read = ask("GET", f"milestones/{mine['id']}/")
headers = {"If-Match": read.headers["ETag"], "Idempotency-Key": str(uuid.uuid4())}
report = {"percent_complete": 40, "confidence": "amber", "narrative_en": "Equipment arrives late."}
first = ask("POST", f"milestones/{mine['id']}/progress-updates/", json=report, headers=headers)
again = ask("POST", f"milestones/{mine['id']}/progress-updates/", json=report, headers=headers)
same = again.json() == first.json() and again.headers["Idempotency-Replayed"]
print(f"report {first.json()['id']} was recorded; sent again, the same answer: {same}")

# 3. By one's own names: tell what the milestone is called here, try a batch, then send it in earnest.
named = {"system": SYSTEM, "reference": "PRJ-0017"}
if not list(pages("external-references/", **named)):
    ask("POST", "external-references/", json={**named, "milestone": MILESTONE})
batch = {"items": [{"milestone": named, "percent_complete": 45, "external_ref": "PRJ-0017/2026-W48"}]}
tried = ask("POST", "progress-updates/bulk/", json={**batch, "dry_run": True}).json()
taken = ask("POST", "progress-updates/bulk/", json=batch).json()
print(f"tried: {tried['recorded']} would be new; taken: {taken['recorded']} new, {taken['known']} known")

# 4. The mirror: what has changed since, each once, in order.
for change in changes(cursor):
    cursor = change["cursor"]
    print(f"{change['change']} {change['kind']} {change['values'].get('percent_complete', '')}".rstrip())

# 5. Explain a figure: its parts add up to it.
whole = ask("GET", f"roadmaps/{ROADMAP}/explain/", params={"pillar": "safe", "page_size": 200}).json()
part = next(one for one in whole["results"] if one["code"] == MILESTONE)
earned = whole["totals"]["figures"]["earned_percent"]
print(f"safe stands at {earned} %; {part['code']} adds {part['earned_value']} by its {part['earned_from']}")
api.close()
