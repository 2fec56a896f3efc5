"""Prayers, their responses and the memorial lines between people: the foundation of the Living Map."""
