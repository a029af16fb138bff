"""The parts of random histories that are played in the library and in the oracle alike."""
