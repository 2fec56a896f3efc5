"""The socket: `async` lives here and nowhere else."""
