"""Measurements: ours and a floor of hand-written SQL, side by side in one interleaved run."""
