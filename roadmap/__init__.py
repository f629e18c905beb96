"""The roadmap tracker. Rooms and floors are drawn in ``docs/house.md``; imports go down only."""
