"""The parts of `jamf_pro_client.client`: light faces, and what they load when they are used."""
