"""Signing, confirming, counting, vetting and withdrawing: how a form becomes one of a number."""
