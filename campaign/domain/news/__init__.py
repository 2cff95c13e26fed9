"""Letters to supporters: written, approved, sent once, and told to the public."""
