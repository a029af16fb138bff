from .office import database as database  # fixtures
from .office import office as office
from .office import question as question
