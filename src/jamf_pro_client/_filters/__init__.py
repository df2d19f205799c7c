"""The parts of `jamf_pro_client.filters`."""
