"""The wiring, on one page."""
