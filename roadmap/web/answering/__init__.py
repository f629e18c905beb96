"""The page behind a reminder's links, on which its reader answers without signing in."""
