# One image for web, worker, beat and the migration step; which one it is, the command decides.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app

RUN groupadd --gid 10001 tracker \
 && useradd --uid 10001 --gid tracker --home-dir /data --no-create-home tracker \
 && install -d -o tracker -g tracker -m 0750 /data /bounces /journal

# The parts first: they change more seldom than the program, and their layer is kept.
COPY requirements.lock ./
RUN python -m pip install --disable-pip-version-check -qq --no-deps -r requirements.lock

COPY manage.py pyproject.toml ./
COPY tracker ./tracker
COPY roadmap ./roadmap
RUN python -m compileall -q tracker roadmap \
 && DATA_DIR=/tmp/build STATIC_ROOT=/app/static python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build

ENV TRACKER_MODE=production DATA_DIR=/data STATIC_ROOT=/app/static BIND=0.0.0.0:8000
# Any other name in a container's environment is the operator's: where it is no setting, the start says so
RUN env | cut -d = -f 1 > environment-of-image
USER tracker
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:tracker.serving", "tracker.wsgi"]
