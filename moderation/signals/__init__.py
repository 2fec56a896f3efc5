"""What the server takes notice of in a text: rules without a query. They ask for a person's look, they decide nothing."""
