from concurrency.crew import crew as crew  # fixtures
from concurrency.ground import _shared as _shared
from concurrency.ground import collab as collab
from concurrency.ground import ground as ground
from concurrency.ground import shared as shared
from concurrency.ground import url as url
