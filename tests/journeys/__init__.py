"""Whole stories through the public face, on both engines."""
