"""What the site does and shows about itself: what waits, what is held, what is forgotten on time."""
