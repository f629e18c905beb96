from zoneinfo import ZoneInfo

from django.db import migrations, models


def write_days(apps, schema_editor):
    """The day of each confirmation so far, in its roadmap's zone; in the history too, which past days are told from."""
    for name in ("Milestone", "HistoricalMilestone"):
        rows = apps.get_model("roadmap", name).objects
        confirmed = rows.filter(verified_at__isnull=False)
        for pk, at, zone in confirmed.values_list("pk", "verified_at", "initiative__roadmap__time_zone"):
            rows.filter(pk=pk).update(verified_on=at.astimezone(ZoneInfo(zone or "UTC")).date())


class Migration(migrations.Migration):

    dependencies = [
        ("roadmap", "0023_mails_know_when_they_are_welcome"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='milestone',
            name='roadmap_milestone_verified_when_done',
        ),
        migrations.AddField(
            model_name='historicalmilestone',
            name='verified_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='confirmed on'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='verified_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='confirmed on'),
        ),
        migrations.RunPython(write_days, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by__isnull', True), ('verified_on__isnull', True)), models.Q(('status', 'done'), ('verified_at__isnull', False), ('verified_on__isnull', False)), _connector='OR'), name='roadmap_milestone_verified_when_done'),
        ),
    ]
