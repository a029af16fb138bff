"""Tests of what the programs in examples/ do beyond what they print."""
