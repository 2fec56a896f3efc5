"""One module for each app: its tables with personal data, and those without."""
