"""REST interfaces of moderation for members."""
