"""People: who somebody is, how they sign in, whom they have blocked."""
