"""What an adapter must offer: small protocols, a file per noun, with the conditions it must keep in the docstrings.

All methods work inside an open transaction, named by a `Scope`; none commits. Persons, groups and things are named
by numbers; only rows that are shown carry outside ids.
"""

from collabcase.storage.interfaces.adapter import Adapter, Stores, UnitOfWork
from collabcase.storage.interfaces.events import EventReader, EventStore, Occurrence
from collabcase.storage.interfaces.groups import GroupStore
from collabcase.storage.interfaces.messages import MessageFilter, MessageRow, MessageStore, Named
from collabcase.storage.interfaces.people import Actor, PeopleStore
from collabcase.storage.interfaces.portfolios import PortfolioStore
from collabcase.storage.interfaces.requests import RequestStore
from collabcase.storage.interfaces.scope import Scope, Transaction
from collabcase.storage.interfaces.sights import Reach, SightStore
from collabcase.storage.interfaces.talks import TalkRow, TalkStore

__all__ = [
    "Actor",
    "Adapter",
    "EventReader",
    "EventStore",
    "GroupStore",
    "MessageFilter",
    "MessageRow",
    "MessageStore",
    "Named",
    "Occurrence",
    "PeopleStore",
    "PortfolioStore",
    "Reach",
    "RequestStore",
    "Scope",
    "SightStore",
    "Stores",
    "TalkRow",
    "TalkStore",
    "Transaction",
    "UnitOfWork",
]
