"""The record: one noun a file; the tables of the forms are made from their declarations."""

from .access import AccessReview, SecondFactor, SignIn, SiteApproval
from .access_change import AccessChange
from .alert import Alert
from .audit import Audited, AuditEntry, ChainHead, GuardSql
from .bottle import Bottle
from .code_break import ArmKnown, CodeBreak, CodeBreakAnswer
from .copy import SiteCopy
from .correction import Correction
from .draft import CheckFiring, Draft, DraftSettled
from .envelope import Envelope
from .export import ExportLog
from .found import Found
from .hold import Hold
from .imported import ImportedRow, ImportFile, LevelFile, LevelRow, StagedFile
from .kit_balance import KitBalance
from .level_message import LevelGround, LevelMessage
from .limits import SiteLimits
from .lock import CasebookLock, LockConsent, LockRequest, StudyLock
from .output import Output, OutputPart
from .press import Press
from .quarantine import Quarantine
from .query import Query
from .record import RECORDS, Record, records_of
from .record_check import RecordCheck
from .redaction import Redaction
from .service import Heartbeat, Mail
from .shipment import Shipment
from .signature import Signature
from .site import Site
from .subject import Subject
from .taken_back import TakenBack
from .to_verify import ToVerify
from .trail_review import TrailReview
from .user import RoleHeld, User
from .verification import Verification
from .visit import Visit

__all__ = [
    "RECORDS",
    "AccessChange",
    "AccessReview",
    "Alert",
    "ArmKnown",
    "AuditEntry",
    "Audited",
    "Bottle",
    "CasebookLock",
    "ChainHead",
    "CheckFiring",
    "CodeBreak",
    "CodeBreakAnswer",
    "Correction",
    "Draft",
    "DraftSettled",
    "Envelope",
    "ExportLog",
    "Found",
    "GuardSql",
    "Heartbeat",
    "Hold",
    "ImportFile",
    "ImportedRow",
    "KitBalance",
    "LevelFile",
    "LevelGround",
    "LevelMessage",
    "LevelRow",
    "Mail",
    "LockConsent",
    "LockRequest",
    "Output",
    "OutputPart",
    "Press",
    "Quarantine",
    "Query",
    "Record",
    "RecordCheck",
    "Redaction",
    "RoleHeld",
    "SecondFactor",
    "SignIn",
    "Shipment",
    "Signature",
    "Site",
    "SiteCopy",
    "SiteApproval",
    "SiteLimits",
    "StagedFile",
    "StudyLock",
    "Subject",
    "TakenBack",
    "ToVerify",
    "TrailReview",
    "User",
    "Verification",
    "Visit",
    "records_of",
]
