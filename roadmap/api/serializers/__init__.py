"""The shapes of what goes out (named for the thing) and of what comes in (named for the act)."""
