"""The settings of webhooks: whom they may call."""

from tracker import env

# Inner addresses are never called, except in networks named here, such as 10.1.0.0/16.
WEBHOOK_ALLOWED_NETWORKS = env.networks("WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_HTTPS_ONLY = env.boolean("WEBHOOK_HTTPS_ONLY")
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", "443,8443" if WEBHOOK_HTTPS_ONLY else "80,443,8080,8443")
