"""What the console and members read."""
