"""The figures of a run, in words and as JSON."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles

from chaos.facts import Fact, MilestoneState, SubscriptionState, Trouble
from chaos.mails import Arrival
from chaos.model import Verdict

CASES_SHOWN = 8
# What may not be; the last two only with receipts
BREACHES = (
    *("lost", "doubled_avoidably", "untrue", "outdated", "changed", "unsettled"),
    *("doubled_in_the_gap", "left_to_the_next_digest"),
)


@dataclass(frozen=True)
class Recovery:
    """After one kind of trouble: how often it came, and how long until the next mail arrived when mail was waiting."""

    times: int
    measured: int
    median_seconds: float
    longest_seconds: float


@dataclass(frozen=True)
class Report:
    """All figures; seconds of lateness count while the program was awake."""

    seed: int
    receipts: bool
    acts: int
    copies: int
    mails: int
    expected: int
    perhaps: int
    lost: int
    left_to_the_next_digest: int
    doubled_avoidably: int
    doubled_in_the_gap: int
    untrue: int
    overtaken: int
    outdated: int
    changed: int
    unsettled: int
    lateness_seconds: dict[str, float]
    recovery: dict[str, Recovery]

    @classmethod
    def of(
        cls, verdict: Verdict, facts: Sequence[Fact], arrived: Sequence[Arrival], *, seed: int, receipts: bool
    ) -> "Report":
        """The figures of ``verdict``."""
        things = [
            fact.code if isinstance(fact, MilestoneState) else fact.reader
            for fact in facts
            if isinstance(fact, MilestoneState | SubscriptionState)
        ]
        return cls(
            seed=seed,
            receipts=receipts,
            acts=len(things) - len(set(things)),
            copies=verdict.copies,
            mails=verdict.mails,
            expected=verdict.expected,
            perhaps=verdict.perhaps,
            lost=len(verdict.lost),
            left_to_the_next_digest=len(verdict.left_to_next),
            doubled_avoidably=len(verdict.doubled),
            doubled_in_the_gap=len(verdict.doubled_in_gap),
            untrue=len(verdict.untrue),
            overtaken=len(verdict.overtaken),
            outdated=len(verdict.outdated),
            changed=len(verdict.changed),
            unsettled=verdict.unsettled,
            lateness_seconds=_percentiles(verdict.lateness),
            recovery=_recoveries(facts, arrived),
        )

    def as_json(self) -> str:
        """For machines."""
        return json.dumps(asdict(self), indent=2) + "\n"


def is_kept(verdict: Verdict, *, receipts: bool) -> bool:
    """Whether every promise held; with receipts, nothing may fall into the gap either."""
    broken = [*verdict.lost, *verdict.doubled, *verdict.untrue, *verdict.outdated, *verdict.changed]
    if receipts:
        broken += [*verdict.doubled_in_gap, *verdict.left_to_next]
    return not broken and not verdict.unsettled and verdict.expected > 0


def write_report(report: Report, verdict: Verdict) -> str:
    """For people."""
    late = report.lateness_seconds
    lines = [
        "",
        f"{report.copies} mails arrived ({report.mails} different); people acted {report.acts} times meanwhile.",
        f"expected news        {report.expected}   (and {report.perhaps} that changed before they had to be told)",
        f"lost                 {report.lost}",
        f"left to next digest  {report.left_to_the_next_digest}",
        f"doubled, avoidable   {report.doubled_avoidably}",
        f"doubled, in the gap  {report.doubled_in_the_gap}",
        f"told untrue          {report.untrue}   (overtaken on its way: {report.overtaken})",
        f"in an old day's words {report.outdated}",
        f"changed on the way   {report.changed}",
        f"not settled          {report.unsettled}",
        "lateness (s awake)   " + ", ".join(f"{name} {value:.1f}" for name, value in late.items()),
        "",
        "until the next mail came, seconds:        times  median  longest",
    ]
    for kind, one in sorted(report.recovery.items()):
        lines.append(f"  {kind:<38}  {one.times:5}  {one.median_seconds:6.1f}  {one.longest_seconds:7.1f}")
    for heading in ("lost", "doubled", "untrue", "doubled_in_gap", "left_to_next", "overtaken", "outdated", "changed"):
        cases = getattr(verdict, heading)
        lines += ["", f"{heading}:", *(f"  {case}" for case in cases[:CASES_SHOWN])] if cases else []
        lines += [f"  … and {len(cases) - CASES_SHOWN} more"] if len(cases) > CASES_SHOWN else []
    return "\n".join(lines)


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    if len(values) < 2:
        return {}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"median": cuts[49], "90 %": cuts[89], "99 %": cuts[98], "longest": max(values)}


def _recoveries(facts: Sequence[Fact], arrived: Sequence[Arrival]) -> dict[str, Recovery]:
    """From a trouble's end to the next mail, where mail was waiting when it began; all killed is not recovered from."""
    kept = sorted(arrival.kept for arrival in arrived)
    times: defaultdict[str, int] = defaultdict(int)
    spans: defaultdict[str, list[float]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, Trouble) and fact.kind != "all killed":
            times[fact.kind] += 1
            after = next((at for at in kept if at > fact.ended), None)
            if fact.waiting and after is not None:
                spans[fact.kind].append(after - fact.ended)
    return {
        kind: Recovery(
            times=number,
            measured=len(spans[kind]),
            median_seconds=round(median(spans[kind]), 2) if spans[kind] else 0.0,
            longest_seconds=round(max(spans[kind]), 2) if spans[kind] else 0.0,
        )
        for kind, number in times.items()
    }
