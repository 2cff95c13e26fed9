"""One prisoner's case for the mandates and the Working Group, out of the record and its sources."""
