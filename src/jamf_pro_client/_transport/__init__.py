"""How requests get to the server: connections, slots, redirects, failures."""
