"""Where the palette can go without searching: pages and things to begin, each offered to those who may."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the palette that leads to a page."""

    label: str
    view: str  # name of the address
    icon: str
    also: str = ""  # other words people use for it
    query: str = ""
    permission: str = ""
    is_for_staff: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view) + self.query

    def is_open_to(self, user: User) -> bool:
        if self.is_for_staff and not user.is_staff:
            return False
        return not self.permission or user.has_perm(self.permission)

    def fits(self, words: list[str]) -> bool:
        """Whether each word begins one of its own."""
        own = f"{self.label} {self.also}".lower().split()
        return all(any(mine.startswith(word) for mine in own) for word in words)


ACTIONS = (
    Action(
        "Open an incident", "incidents:new", "alert", "declare new outage report", permission="incidents.add_incident"
    ),
    Action("Start a run", "incidents:start_run", "play", "checklist drill procedure", permission="incidents.add_run"),
    Action("New runbook", "runbooks:new", "plus", "write start create add", permission="runbooks.add_runbook"),
    Action("Templates", "runbooks:templates", "doc", "runbook starters", permission="runbooks.view_runbooktemplate"),
    Action("Now", "portal:now", "clock", "home front page"),
    Action("All runbooks", "runbooks:list", "doc", "list"),
    Action("Reviews due", "reviews:queue", "soon", "overdue next queue evidence"),
    Action("My reviews", "reviews:queue", "soon", "mine due overdue", query="?mine=1"),
    Action("Routine tasks", "routine:tasks", "check", "daily weekly monthly checklists today"),
    Action("Coverage", "coverage:services", "info", "missing gaps parts"),
    Action("Alerts without a runbook", "coverage:alerts", "alert", "prometheus rules stub upload"),
    Action("Dead links", "reviews:links", "alert", "links out broken hosts"),
    Action("Review charts", "reviews:charts", "info", "freshness by team reviews done overdue by week"),
    Action("Services", "portal:service_list", "service", "catalogue"),
    Action("Incidents", "incidents:incidents", "alert", "open list outages"),
    Action("Status page", "incidents:status", "info", "current incidents communication"),
    Action("Runs", "incidents:runs", "play", "checklists going on"),
    Action("Flags", "flags", "flag", "wrong steps reported"),
    Action("Alerts", "incidents:alerts", "alert", "firing without runbook"),
    Action("Post-mortems", "incidents:postmortems", "doc", "lessons reviews learned"),
    Action("Action items", "incidents:actions", "check", "todo follow-up tasks"),
    Action("Handoffs", "handoffs:handoffs", "check", "shift change sign"),
    Action("My next handoff", "handoffs:mine", "check", "shift change hand over take over sign"),
    Action("My brief", "handoffs:my_brief", "doc", "what changed since I was last on call shift"),
    Action("Watch items", "incidents:watch_items", "flag", "mitigations silences temporary deferred"),
    Action("Maintenance", "incidents:maintenance", "clock", "windows planned work"),
    Action("System changes", "incidents:changes", "history", "deployments what changed"),
    Action("Record a change", "incidents:add_change", "plus", "deployment", permission="incidents.add_systemchange"),
    Action("Incident numbers", "incidents:numbers", "info", "mtta mttr statistics charts"),
    Action("Severities", "incidents:severities", "info", "sev scale levels"),
    Action("Who is on call now", "oncall:board", "clock", "oncall board teams", permission="oncall.view_rotation"),
    Action("Take over on-call", "oncall:board", "clock", "override shift cover", permission="oncall.add_override"),
    Action("My shifts", "oncall:my_shifts", "clock", "on-call oncall swap absence"),
    Action("My addresses", "oncall:addresses", "mail", "notifications test quiet hours"),
    Action("My notifications", "oncall:my_notifications", "mail", "messages sent"),
    Action("Calendars", "oncall:calendars", "clock", "feed ics subscribe shifts"),
    Action("Directory", "oncall:contacts", "person", "contacts people phone", permission="oncall.view_contact"),
    Action("Vendors", "oncall:vendors", "phone", "support contract", permission="oncall.view_vendor"),
    Action("Channels", "oncall:channels", "chat", "slack chat", permission="oncall.view_channel"),
    Action("New contact", "oncall:add_contact", "plus", "add person shared line", permission="oncall.add_contact"),
    Action("Escalation paths", "oncall:paths", "arrow", "ladder levels", permission="oncall.view_escalationpath"),
    Action("New escalation path", "oncall:path_new", "plus", "add ladder", permission="oncall.add_escalationpath"),
    Action(
        "Unanswered questions",
        "portal:unanswered",
        "info",
        "missing coverage",
        permission="runbooks.view_unansweredquestion",
    ),
    Action("Settings", "accounts:settings", "edit", "time zone"),
    Action("Change password", "account_change_password", "edit"),
    Action("Admin", "admin:index", "edit", "administration", is_for_staff=True),
    Action("Log out", "account_logout", "close", "sign leave"),
)


def find_actions(user: User, text: str) -> list[Action]:
    """Actions this person may take whose name fits what was typed; all of them for an empty text."""
    words = text.lower().split()
    return [action for action in ACTIONS if action.is_open_to(user) and action.fits(words)]
