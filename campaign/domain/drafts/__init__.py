"""What campaigners write, from the first word to its approval by two people."""
