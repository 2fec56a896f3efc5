"""What moderators, members and the background worker do."""
