"""``python -m collabcase``."""

from __future__ import annotations

import sys

from collabcase.cli import main

if __name__ == "__main__":
    sys.exit(main())
