"""Who may be written to: consent to news, what ends it, and what a person finds by their address."""
