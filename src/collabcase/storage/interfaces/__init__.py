"""What an adapter must offer: small protocols, a file per noun, with the conditions it must keep in the docstrings.

All methods work inside an open transaction, named by a `Scope`; none commits. Persons, groups and things are named
by numbers; only rows that are shown carry outside ids.
"""

from collabcase.storage.interfaces.adapter import Adapter, Stores, UnitOfWork
from collabcase.storage.interfaces.archives import ArchiveStore
from collabcase.storage.interfaces.checks import CheckStore, Difference
from collabcase.storage.interfaces.dictionaries import DictionaryStore
from collabcase.storage.interfaces.drafts import DraftRow, DraftStore
from collabcase.storage.interfaces.events import EventReader, EventStore, Occurrence, Waking
from collabcase.storage.interfaces.groups import GroupStore
from collabcase.storage.interfaces.leases import Ending, ForcedRow, LeaseRow, LeaseStore
from collabcase.storage.interfaces.messages import MessageFilter, MessageRow, MessageStore, Named
from collabcase.storage.interfaces.people import Actor, PeopleStore
from collabcase.storage.interfaces.portfolios import PortfolioStore
from collabcase.storage.interfaces.reading import DismissalRow, ReadingStore, ReadState
from collabcase.storage.interfaces.requests import RequestStore
from collabcase.storage.interfaces.scope import Scope, Transaction
from collabcase.storage.interfaces.sights import Reach, SightStore
from collabcase.storage.interfaces.talks import TalkRow, TalkStore
from collabcase.storage.interfaces.teamboxes import TeamboxRow, TeamboxStore
from collabcase.storage.interfaces.windows import WindowRow, WindowStore

__all__ = [
    "Actor",
    "Adapter",
    "ArchiveStore",
    "CheckStore",
    "DictionaryStore",
    "Difference",
    "DismissalRow",
    "DraftRow",
    "DraftStore",
    "Ending",
    "EventReader",
    "EventStore",
    "ForcedRow",
    "GroupStore",
    "LeaseRow",
    "LeaseStore",
    "MessageFilter",
    "MessageRow",
    "MessageStore",
    "Named",
    "Occurrence",
    "PeopleStore",
    "PortfolioStore",
    "Reach",
    "ReadState",
    "ReadingStore",
    "RequestStore",
    "Scope",
    "SightStore",
    "Stores",
    "TalkRow",
    "TalkStore",
    "TeamboxRow",
    "TeamboxStore",
    "Transaction",
    "UnitOfWork",
    "Waking",
    "WindowRow",
    "WindowStore",
]
