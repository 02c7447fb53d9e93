"""A small ray tracer of our own, standard library only: the demo renders where nothing is installed."""
