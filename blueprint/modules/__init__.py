"""One file per application that can be a layer."""
