"""One function a page: find the rows, let a presenter turn them into values, render."""
