"""What models are made of: fields, plans, and what reads and writes their JSON."""
