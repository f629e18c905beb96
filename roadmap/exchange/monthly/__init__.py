"""The monthly report: one page that leadership reads, and annexes that organisations check, for any month as it was."""
