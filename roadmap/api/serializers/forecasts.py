"""What a roadmap's forecast, its network and past forecasts look like as they go out. Days are working days."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.serializers.outgoing import Outgoing
from roadmap.api.serializers.references import EntryReference
from roadmap.forecast.figures import Basis

BASES = [one.value for one in Basis]


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
class PartField(serializers.Field):
    """A part of 1 with four places."""

    def to_representation(self, value: float) -> float:
        """Rounded."""
        return round(value, 4)


@extend_schema_field({"type": "number", "minimum": 0})
class DaysField(serializers.Field):
    """A number of days on average, with one place."""

    def to_representation(self, value: float) -> float:
        """Rounded."""
        return round(value, 1)


class SpanEntry(Outgoing):
    """By which day it is done in 50, 80 and 95 of 100 trials."""

    p50 = serializers.DateField()
    p80 = serializers.DateField()
    p95 = serializers.DateField()


class DriverEntry(Outgoing):
    """A milestone that decides a gate."""

    milestone = EntryReference()
    criticality = PartField(help_text="In what part of the trials it decided when the gate was made.")
    share_of_variance = PartField(help_text="How much of the spread of the gate's day goes with it.")
    days_to_win = serializers.SerializerMethodField(
        help_text="How many working days sooner the gate would be made, on average, were it done by its due date."
    )

    @extend_schema_field({"type": "number"})
    def get_days_to_win(self, driver: dict[str, float]) -> float:
        """With one place."""
        return round(driver["days_to_win"], 1)


class GateForecastEntry(Outgoing):
    """When a phase will be complete, how surely by its gate, and what decides it."""

    phase = EntryReference()
    gate_on = serializers.DateField()
    open_milestones = serializers.IntegerField()
    chance = PartField(help_text="That all of the phase is done by its gate.")
    text = serializers.CharField(help_text="The verdict in a sentence, in the language asked for.")
    span = SpanEntry()
    share_done = serializers.FloatField(help_text="Percent by weight that is done by the gate, in the middle trial.")
    share_done_low = serializers.FloatField(help_text="8 of 10 trials lie between this …")
    share_done_high = serializers.FloatField(help_text="… and this.")
    path = EntryReference(many=True, help_text="The critical path by the plan, first to last.")
    nearly_critical = EntryReference(many=True, help_text="Those within two weeks of it.")
    drivers = DriverEntry(many=True, help_text="The first few, by criticality.")


class MilestoneForecastEntry(Outgoing):
    """When an open milestone will be done."""

    milestone = EntryReference()
    basis = serializers.ChoiceField(
        choices=BASES,
        help_text="What it starts from: the owner's forecast date, the pace so far, the plan.",
    )
    due_on = serializers.DateField()
    chance = PartField(help_text="That it is done by its due date.")
    span = SpanEntry()


class RecordEntry(Outgoing):
    """How many milestones have shown how far such words hold here."""

    owner = serializers.IntegerField(help_text="Owners' forecast dates.")
    pace = serializers.IntegerField(help_text="Paces of progress.")
    plan = serializers.IntegerField(help_text="Plans.")


class JudgedEntry(Outgoing):
    """How past forecasts came true: the first of each month, of milestones that have been done since."""

    number = serializers.IntegerField()
    milestones = serializers.IntegerField()
    by_p50 = PartField(allow_null=True, help_text="Done by P50; should be 0.5.")
    by_p80 = PartField(allow_null=True, help_text="Done by P80; should be 0.8.")
    brier = PartField(allow_null=True, help_text="Brier score of the chances: 0 is perfect, a coin gives 0.25.")
    missed_by = DaysField(allow_null=True, help_text="Days by which P50 was off, on average.")
    due_date_missed_by = DaysField(allow_null=True, help_text="The same of due dates.")
    owners_missed_by = DaysField(allow_null=True, help_text="The same of owners' forecast dates, where there were any.")


class ForecastEntry(Outgoing):
    """The last forecast made by the day asked for; `day` is null and the lists are empty before the first."""

    roadmap = serializers.CharField(help_text="The roadmap's code.")
    as_of = serializers.DateField()
    day = serializers.DateField(allow_null=True, help_text="For which it was made.")
    made_at = serializers.DateTimeField(allow_null=True)
    seed = serializers.IntegerField(allow_null=True, help_text="The same seed and plan give the same figures.")
    trials = serializers.IntegerField(allow_null=True)
    on_record = RecordEntry(allow_null=True)
    trust = serializers.CharField(help_text="What it rests on and how far to trust it; empty before the first.")
    gates = GateForecastEntry(many=True)
    milestones = MilestoneForecastEntry(many=True)
    judged = JudgedEntry()


class WaitEntry(Outgoing):
    """What a milestone waits for."""

    predecessor = serializers.IntegerField(help_text="The milestone's id.")
    lag_working_days = serializers.IntegerField()


class NetworkMilestone(Outgoing):
    """A milestone by the critical path method: what is done has its real days."""

    milestone = EntryReference()
    is_done = serializers.BooleanField()
    waits_for = WaitEntry(many=True)
    early_start = serializers.DateField()
    early_finish = serializers.DateField()
    late_start = serializers.DateField(help_text="At the latest, for its gate and those behind it to be made.")
    late_finish = serializers.DateField()
    total_float = serializers.IntegerField(help_text="Working days to spare; negative where a gate is missed.")
    free_float = serializers.IntegerField(help_text="Working days to spare before the next one has to move.")


class NetworkGate(Outgoing):
    """A gate by the plan."""

    phase = EntryReference()
    gate_on = serializers.DateField()
    early_finish = serializers.DateField(
        allow_null=True, help_text="When all of the phase is done at the earliest; null for a phase without milestones."
    )
    path = serializers.ListField(
        child=serializers.IntegerField(), help_text="The critical path: ids of milestones, first to last."
    )
    nearly_critical = serializers.ListField(child=serializers.IntegerField(), help_text="Those within two weeks of it.")


class NetworkEntry(Outgoing):
    """What waits for what, as the plan stands now, and what it means for the gates."""

    roadmap = serializers.CharField(help_text="The roadmap's code.")
    day = serializers.DateField()
    gates = NetworkGate(many=True)
    milestones = NetworkMilestone(many=True)
