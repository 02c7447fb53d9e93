"""What the daemon knows about the machine it runs on."""
