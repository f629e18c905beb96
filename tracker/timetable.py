"""Which tasks run when. Ticks are plain intervals in UTC; who gets what on which local day is the rules' business.

A tick may come late, twice or never: each looks at the database and does what is due. Ticks that nobody picked up
expire before the next one, so that a worker that was away doesn't find hundreds of them.
"""

TICK_SECONDS = 60.0
EXPIRES_SECONDS = 55
HOOK_SECONDS = 10.0  # programs wait for these

TIMETABLE: dict[str, dict[str, object]] = {
    "plan due reminders": {
        "task": "roadmap.plan_reminders",
        "schedule": TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "plan due digests": {
        "task": "roadmap.plan_digests",
        "schedule": TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "tell webhooks": {
        "task": "roadmap.tell_webhooks",
        "schedule": HOOK_SECONDS,
        "options": {"expires": HOOK_SECONDS - 1},
    },
    "sweep what was left": {
        "task": "roadmap.sweep",
        "schedule": TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "find what the planners would miss": {
        "task": "roadmap.heal",
        "schedule": 10 * TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "tell the outside that all is well": {
        "task": "roadmap.heartbeat",
        "schedule": TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "remove what is not kept for ever": {
        "task": "roadmap.forget",
        "schedule": 60 * TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "seal the history": {
        "task": "roadmap.seal_history",
        "schedule": TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "seal what was overlooked": {
        "task": "roadmap.seal_overlooked",
        "schedule": 60 * TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "forecast": {
        "task": "roadmap.make_forecasts",
        "schedule": 15 * TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
    "read mail that came back": {
        "task": "roadmap.read_returned",
        "schedule": 5 * TICK_SECONDS,
        "options": {"expires": EXPIRES_SECONDS},
    },
}
