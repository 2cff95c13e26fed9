"""Sheets signed by hand: issued, collected, keyed twice."""
