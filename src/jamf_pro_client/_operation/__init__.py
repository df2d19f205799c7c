"""What a call of an operation is made of: its arguments and body, and what its reply gives."""
