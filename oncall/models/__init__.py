"""Services, the people around them, who is on call, and what the portal sends."""

from oncall.models.change import OncallChange
from oncall.models.cover import Absence, Override, PlannedGap, ReportedGap, Swap
from oncall.models.delivery import (
    Address,
    AddressChoice,
    Delivery,
    Kind,
    MailboxMail,
    Notification,
    QuietHours,
)
from oncall.models.directory import Channel, Contact, Vendor, Way
from oncall.models.escalation import EscalationLevel, EscalationPath, EscalationTarget
from oncall.models.feed import CalendarFeed, PublishedShift
from oncall.models.held import HeldShift
from oncall.models.reach import ReachTest, ShiftCheck
from oncall.models.rotation import Layer, Plan, PlanMember, PlanWindow, Rotation
from oncall.models.service import Classification, Dependency, FormerServiceSlug, Service, ServiceLink

__all__ = [
    "Absence",
    "Address",
    "AddressChoice",
    "CalendarFeed",
    "Channel",
    "Classification",
    "Contact",
    "Delivery",
    "Dependency",
    "EscalationLevel",
    "EscalationPath",
    "EscalationTarget",
    "FormerServiceSlug",
    "HeldShift",
    "Kind",
    "Layer",
    "MailboxMail",
    "Notification",
    "OncallChange",
    "Override",
    "Plan",
    "PlanMember",
    "PlanWindow",
    "PlannedGap",
    "PublishedShift",
    "QuietHours",
    "ReachTest",
    "ReportedGap",
    "Rotation",
    "Service",
    "ServiceLink",
    "ShiftCheck",
    "Swap",
    "Vendor",
    "Way",
]
