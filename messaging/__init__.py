"""Conversations: members, messages, receipts, typing, catch-up and the socket."""
