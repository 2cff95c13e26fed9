"""Signature packets: chosen, sealed, built, opened by two people, delivered and followed up."""
