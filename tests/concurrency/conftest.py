from concurrency.crew import crew as crew  # fixtures
from concurrency.held import emptied as emptied
from concurrency.held import shared as shared
