"""Tests of collabcase inside hosts: their databases, their transactions, their event loops."""
