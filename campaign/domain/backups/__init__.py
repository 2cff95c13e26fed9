"""Everything the site needs to stand up again, saved, proved and restored."""
