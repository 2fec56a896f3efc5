"""Whatever happens on the way, in the end every device, REST and PostgreSQL tell the same story."""
