"""What a notification may say and when it may disturb: predicates without a query of ours."""
