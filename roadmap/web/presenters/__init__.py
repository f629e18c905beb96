"""Turn figures into the values that templates show, in the active language. No queries here, none in templates."""
