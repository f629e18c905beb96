import django.db.models.deletion
import django.db.models.functions.datetime
import roadmap.models.reminder
import simple_history.models
from django.conf import settings
from django.db import migrations, models


def let_rules_tell_several(apps, schema_editor):
    for model in ("ReminderRule", "HistoricalReminderRule"):
        for rule in apps.get_model("roadmap", model).objects.all():
            rule.audiences = [rule.audience]
            rule.save(update_fields=["audiences"])


def let_rules_tell_one(apps, schema_editor):
    for model in ("ReminderRule", "HistoricalReminderRule"):
        for rule in apps.get_model("roadmap", model).objects.all():
            told = [audience for audience in rule.audiences if audience in ("owner", "lead", "office")]
            rule.audience = told[0] if told else "owner"
            rule.save(update_fields=["audience"])


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0011_answers_from_links")]
    operations = [
        migrations.RemoveConstraint("reminderrule", "roadmap_reminderrule_repeat_positive"),
        migrations.RenameField("reminderrule", "overdue_every_days", "repeat_every_days"),
        migrations.RenameField("historicalreminderrule", "overdue_every_days", "repeat_every_days"),
        migrations.AddField(
            model_name='historicalreminderrule',
            name='audiences',
            field=models.JSONField(default=roadmap.models.reminder.first_audiences, verbose_name='audiences'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='audiences',
            field=models.JSONField(default=roadmap.models.reminder.first_audiences, verbose_name='audiences'),
        ),
        migrations.RunPython(let_rules_tell_several, let_rules_tell_one),
        migrations.RemoveConstraint(
            model_name='reminderrule',
            name='roadmap_reminderrule_audience_known',
        ),
        migrations.RemoveField(
            model_name='historicalreminderrule',
            name='audience',
        ),
        migrations.RemoveField(
            model_name='reminderrule',
            name='audience',
        ),
        migrations.AddField(
            model_name='historicalreminderrule',
            name='after_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='after … days'),
        ),
        migrations.AddField(
            model_name='historicalreminderrule',
            name='escalate_after_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='escalate after … working days without an answer'),
        ),
        migrations.AddField(
            model_name='historicalreminderrule',
            name='kind',
            field=models.CharField(choices=[('due', 'Due date'), ('silence', 'Silence: no report'), ('evidence', 'Evidence missing'), ('unverified', 'Reported as done, not confirmed')], default='due', max_length=10, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='historicalreminderrule',
            name='provenance',
            field=models.CharField(choices=[('sourced', 'Sourced'), ('derived', 'Derived'), ('sample', 'Sample'), ('entered', 'Entered')], default='entered', max_length=10, verbose_name='provenance'),
        ),
        migrations.AddField(
            model_name='historicalreminderrule',
            name='source',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roadmap.source', verbose_name='source'),
        ),
        migrations.AddField(
            model_name='reminderoccurrence',
            name='is_provisional',
            field=models.BooleanField(default=False, verbose_name='counted in days not yet published'),
        ),
        migrations.AddField(
            model_name='reminderoccurrence',
            name='audience',
            field=models.CharField(choices=[('owner', 'Owner'), ('contributors', 'Contributors of the organisation'), ('lead', "Organisation's lead"), ('watchers', 'Watchers'), ('office', 'Programme office')], default='owner', max_length=12, verbose_name='told as'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='after_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='after … days'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='escalate_after_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='escalate after … working days without an answer'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='kind',
            field=models.CharField(choices=[('due', 'Due date'), ('silence', 'Silence: no report'), ('evidence', 'Evidence missing'), ('unverified', 'Reported as done, not confirmed')], default='due', max_length=10, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='provenance',
            field=models.CharField(choices=[('sourced', 'Sourced'), ('derived', 'Derived'), ('sample', 'Sample'), ('entered', 'Entered')], default='entered', max_length=10, verbose_name='provenance'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roadmap.source', verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='historicalreminderrule',
            name='repeat_every_days',
            field=models.PositiveSmallIntegerField(blank=True, default=7, null=True, verbose_name='repeat every … days'),
        ),
        migrations.AlterField(
            model_name='reminderoccurrence',
            name='planned_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='planned at'),
        ),
        migrations.AlterField(
            model_name='reminderrule',
            name='repeat_every_days',
            field=models.PositiveSmallIntegerField(blank=True, default=7, null=True, verbose_name='repeat every … days'),
        ),
        migrations.AddConstraint(
            model_name='reminderoccurrence',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['owner', 'contributors', 'lead', 'watchers', 'office'])), name='roadmap_reminderoccurrence_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('provenance__in', ['sourced', 'derived', 'sample', 'entered'])), name='roadmap_reminderrule_provenance_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('provenance', 'sourced'), _negated=True), ('source__isnull', False), _connector='OR'), name='roadmap_reminderrule_sourced_has_source', violation_error_message='A sourced entry needs its source.'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['due', 'silence', 'evidence', 'unverified'])), name='roadmap_reminderrule_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('repeat_every_days__isnull', True), ('repeat_every_days__gte', 1), _connector='OR'), name='roadmap_reminderrule_repeat_positive', violation_error_message='Give a whole number of days from 1 to 365, or nothing.'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('after_days__isnull', True), ('after_days__gte', 1), _connector='OR'), name='roadmap_reminderrule_after_positive', violation_error_message='Give a whole number of days from 1 to 365, or nothing.'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('escalate_after_days__isnull', True), ('escalate_after_days__gte', 1), _connector='OR'), name='roadmap_reminderrule_escalation_positive', violation_error_message='Give a whole number of days from 1 to 365, or nothing.'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('silence', 'unverified')), _negated=True), ('after_days__isnull', False), _connector='OR'), name='roadmap_reminderrule_after_known', violation_error_message='This kind of rule needs the number of days after which it speaks.'),
        ),
    ]
