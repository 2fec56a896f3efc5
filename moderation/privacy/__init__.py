"""People's rights over their data: what we hold of them, how it is given to them, how it is erased, how that is proved."""
