"""How things look outside: codecs between bytes or calls and values."""
