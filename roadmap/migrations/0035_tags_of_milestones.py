import roadmap.models.tags
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('roadmap', '0034_invitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmilestone',
            name='tags',
            field=roadmap.models.tags.TagsField(blank=True, default=list, help_text='Words to find it by, with commas between them.', max_length=1000, verbose_name='tags'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='tags',
            field=roadmap.models.tags.TagsField(blank=True, default=list, help_text='Words to find it by, with commas between them.', max_length=1000, verbose_name='tags'),
        ),
    ]
