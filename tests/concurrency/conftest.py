from concurrency.crew import crew as crew  # fixtures
from concurrency.held import shared as shared
