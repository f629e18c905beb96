"""Drawings as files: what the page's style sheet says of them is put into the drawing itself."""
