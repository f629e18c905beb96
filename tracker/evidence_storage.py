"""Where files of evidence are kept: in ``DATA_DIR``, or in a bucket of S3-compatible storage for several hosts."""

from django.core.exceptions import ImproperlyConfigured

from tracker import env
from tracker.env_addresses import origin

SECONDS = 10  # to reach the storage, and for each of its answers


def evidence_storage() -> dict[str, object]:
    """Django's entry of STORAGES. Raises ImproperlyConfigured for a bucket without address, key or secret."""
    bucket = env.text("EVIDENCE_BUCKET")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    from botocore.config import Config  # slow to import, and for those who have a bucket

    for name in ("EVIDENCE_BUCKET_URL", "EVIDENCE_BUCKET_KEY", "EVIDENCE_BUCKET_SECRET"):
        if not env.text(name):
            raise ImproperlyConfigured(f"EVIDENCE_BUCKET is {bucket!r}; set {name} too.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": origin("EVIDENCE_BUCKET_URL"),
            "region_name": env.text("EVIDENCE_BUCKET_REGION") or None,
            "access_key": env.text("EVIDENCE_BUCKET_KEY"),
            "secret_key": env.text("EVIDENCE_BUCKET_SECRET"),
            "file_overwrite": False,
            "client_config": Config(
                connect_timeout=SECONDS,
                read_timeout=SECONDS,
                retries={"max_attempts": 2},
                s3={"addressing_style": "path"},  # as servers of one's own have it
                request_checksum_calculation="when_required",  # servers other than Amazon's don't know the newer ones
                response_checksum_validation="when_required",
            ),
        },
    }
