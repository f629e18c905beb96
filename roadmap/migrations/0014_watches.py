import django.db.models.deletion
import django.db.models.functions.datetime
import roadmap.models.reminder
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0013_confirmation_of_completion")]
    operations = [
        migrations.CreateModel(
            name='HistoricalWatch',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('door', models.CharField(choices=[('admin', 'Administration'), ('api', 'API'), ('web', 'Website'), ('mail', 'Mail'), ('import', 'Import'), ('command', 'Command'), ('system', 'System')], default='system', max_length=10, verbose_name='door')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical watch',
                'verbose_name_plural': 'historical watches',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'watch',
                'verbose_name_plural': 'watches',
                'ordering': ['-since', '-id'],
            },
        ),
        migrations.AddField(
            model_name='historicalwatch',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalwatch',
            name='initiative',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roadmap.initiative', verbose_name='initiative'),
        ),
        migrations.AddField(
            model_name='historicalwatch',
            name='milestone',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roadmap.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='historicalwatch',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='watch',
            name='initiative',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='roadmap.initiative', verbose_name='initiative'),
        ),
        migrations.AddField(
            model_name='watch',
            name='milestone',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='roadmap.milestone', verbose_name='milestone'),
        ),
        migrations.AddField(
            model_name='watch',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('initiative__isnull', True), ('milestone__isnull', False)), models.Q(('initiative__isnull', False), ('milestone__isnull', True)), _connector='OR'), name='roadmap_watch_of_one_thing', violation_error_message='Choose either a milestone or an initiative.'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('person', 'milestone'), name='roadmap_watch_milestone_once', violation_error_message='This person watches it already.'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('person', 'initiative'), name='roadmap_watch_initiative_once', violation_error_message='This person watches it already.'),
        ),
    ]
