"""What `JamfProClient` and `AsyncJamfProClient` are made of."""
