"""Credentials that are known by their form alone, whatever stands beside them: keys and tokens of services.

Where detect-secrets has the form and matches it in linear time, its pattern is used; the rest stands here. Nothing but its
patterns is taken: its plugins ask services whether a key is valid, and keep settings that threads would share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector

from runbooks.secrets.examples import is_example_token


@dataclass(frozen=True, slots=True)
class Form:
    """A credential's form. A line is looked at only when it holds one of the `needles` (lower case)."""

    kind: str
    needles: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def is_in(self, line: str) -> bool:
        """Whether the line holds one that is no example."""
        return any(
            not is_example_token(match[0].strip()) and not _is_inside_word(line, match)
            for pattern in self.patterns
            for match in pattern.finditer(line)
        )

    def find_places(self, text: str) -> Iterator[int]:
        """Where in the whole text they stand: for a form without anything to look for beforehand."""
        matches = (match for pattern in self.patterns for match in pattern.finditer(text))
        return (match.start() for match in matches if not is_example_token(match[0]))


def _is_inside_word(line: str, match: re.Match[str]) -> bool:
    """A form in the middle of a longer run of letters and digits (an image in base64, a digest) is chance."""
    before = line[match.start() - 1 : match.start()] if match.start() else ""
    after = line[match.end() : match.end() + 1]
    return (before.isalnum() and match[0][:1].isalnum()) or (after.isalnum() and match[0][-1:].isalnum())


def _known(kind: str, needles: str, plugin: type) -> Form:
    """A form of detect-secrets."""
    patterns: Iterable[re.Pattern[str]] = plugin.denylist  # type: ignore[attr-defined]  # an abstract property there
    return Form(kind, tuple(needles.split()), tuple(patterns))


def _own(kind: str, needles: str, *patterns: str) -> Form:
    return Form(kind, tuple(needles.split()), tuple(re.compile(pattern) for pattern in patterns))


FORMS: tuple[Form, ...] = (
    _known("AWS access key", "akia asia abia acca a3t aws", AWSKeyDetector),
    _known("Azure storage key", "accountkey=", AzureStorageKeyDetector),
    _known("Artifactory credential", "akc", type("Tokens", (), {"denylist": ArtifactoryDetector.denylist[:1]})),
    _known("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", GitHubTokenDetector),
    _known(
        "GitLab token",
        "glpat- gldt- glft- glsoat- glrt- gr1348941 glcbt- glimt- glptt- glagent- gloas-",
        GitLabTokenDetector,
    ),
    _known("Mailchimp API key", "-us", MailchimpDetector),
    _known("PyPI token", "pypi-age", PypiTokenDetector),
    _known("SendGrid API key", "sg.", SendGridDetector),
    _known("Slack token or webhook", "xox hooks.slack.com", SlackDetector),
    _known("SoftLayer credential", "softlayer", SoftlayerDetector),
    _known("Square secret", "sq0csp-", SquareOAuthDetector),
    _known("Stripe key", "k_live_", StripeDetector),
    _own("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{22,255}"),
    _own(
        "Slack token or webhook",
        "xapp- xoxe hooks.slack xoxb- xoxp-",
        r"xapp-\d-[A-Z0-9]{5,20}-\d{5,20}-[a-f0-9]{20,80}",
        r"xoxe[.-][A-Za-z0-9.-]{20,200}",
        r"xox[bpas]-[A-Za-z0-9-]{16,200}",
        r"hooks\.slack\.com/(?:workflows|triggers)/[A-Za-z0-9/]{20,120}",
    ),
    _own("Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/\d{10,24}/[\w-]{20,120}"),
    _own(
        "Teams webhook",
        "webhook",
        r"[\w-]{1,60}\.webhook\.office\.com/webhookb2/[\w@/-]{30,300}",
        r"outlook\.office(?:365)?\.com/webhook/[\w@/-]{30,300}",
    ),
    _own(
        "Google Chat webhook",
        "chat.googleapis.com",
        r"chat\.googleapis\.com/v1/spaces/[\w-]{4,40}/messages\?key=[\w%&=.-]{20,200}",
    ),
    _own("Google API key", "aiza", r"AIza[0-9A-Za-z_-]{35}"),
    _own("Google client secret", "gocspx-", r"GOCSPX-[0-9A-Za-z_-]{24,40}"),
    _own("Google access token", "ya29.", r"ya29\.[0-9A-Za-z_-]{20,300}"),
    _own("Azure client secret", "q~", r"(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])"),
    _own(
        "Azure shared access key",
        "sharedaccesskey= sig=",
        r"SharedAccessKey=[A-Za-z0-9+/]{40,90}=",
        r"[?&]sig=[A-Za-z0-9%+/]{40,90}(?:%3[dD]|=)",
    ),
    _own("DigitalOcean token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _own("Twilio API key", "sk", r"SK[0-9a-f]{32}"),
    _own("npm token", "npm_ _authtoken", r"npm_[A-Za-z0-9]{36}", r":_authToken=\s{0,4}[\"']?[A-Za-z0-9+/=_-]{20,200}"),
    _own("Stripe key", "whsec_ k_live_", r"whsec_[A-Za-z0-9]{24,80}", r"[rs]k_live_[0-9A-Za-z]{20,120}"),
    _own("OpenAI API key", "t3blbkfj", r"(?<![\w-])sk-[\w-]{0,200}[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    _own("OpenAI API key", "sk-proj- sk-svcacct- sk-admin-", r"(?<![\w-])sk-(?:proj|svcacct|admin)-[\w-]{24,250}"),
    _own("Anthropic API key", "sk-ant-", r"sk-ant-[\w-]{24,200}"),
    _own("Hugging Face token", "hf_", r"hf_[A-Za-z]{34}"),
    _own("Telegram bot token", ":aa", r"\b\d{8,10}:AA[\w-]{33}"),
    _own("Mailgun API key", "key-", r"\bkey-[0-9a-f]{32}"),
    _own("Databricks token", "dapi", r"\bdapi[0-9a-f]{32}"),
    _own(
        "HashiCorp token", "hvs. hvb. hvr. .atlasv1.", r"\bhv[sbr]\.[\w-]{24,250}", r"\b\w{14}\.atlasv1\.[\w-]{60,70}"
    ),
    _own("Grafana token", "glsa_ glc_", r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}", r"glc_[A-Za-z0-9+/]{32,400}"),
    _own("New Relic key", "nra", r"\bNRA[KA]-[A-Z0-9]{27}"),
    _own("Sentry token", "sntry", r"sntry[su]_[A-Za-z0-9+/=_-]{40,400}"),
    _own("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _own("Docker token", "dckr_pat_", r"dckr_pat_[\w-]{24,60}"),
    _own("Atlassian token", "atatt3 atctt3", r"AT[AC]TT3[\w=-]{60,400}"),
    _own("Doppler token", "dp.", r"\bdp\.(?:st|pt|ct|sa)\.[\w.-]{40,80}"),
    _own("PlanetScale password", "pscale_", r"pscale_(?:pw|tkn|oauth)_[\w.-]{32,64}"),
    _own("Linear API key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _own("age secret key", "age-secret-key-1", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    _own("JSON web token", "eyj", r"(?<![\w-])eyJ[\w-]{8,2000}={0,2}\.eyJ[\w-]{4,4000}={0,2}\.[\w+/-]{8,2000}"),
)

# Detect-secrets' pattern, held to whole words: nothing in it is worth looking for beforehand.
DISCORD = _own("Discord bot token", "", r"(?<![\w-])[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])")
