"""The runtime of the Classic API: records that are read from XML and written as XML."""
