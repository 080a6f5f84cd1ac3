"""Secrets of many kinds, made up anew by a seed: none was ever valid, and none stands in the repository."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
LABEL = "PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class Planted:
    """Code with a secret in it; ``secret`` is the part that nobody may see, lines of a longer one are secret too."""

    kind: str
    code: str
    secret: str

    @property
    def traces(self) -> list[str]:
        """What shows that the secret, or half of it, got out."""
        lines = [line.strip() for line in self.secret.replace("\\n", "\n").split("\n")]
        whole = [line for line in lines if len(line) >= 8 and "-----" not in line]
        return [part for line in whole for part in (line[: len(line) // 2], line[len(line) // 2 :]) if len(part) >= 6]


def plant(seed: int) -> list[Planted]:
    """One secret of each kind."""
    made = random.Random(seed)

    def some(count: int, alphabet: str = ALNUM) -> str:
        # Real ones have digits; a few made-up ones would not.
        while True:
            text = "".join(made.choice(alphabet) for _ in range(count))
            if sum(char.isdigit() for char in text) >= min(3, count // 6):
                return text

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    def pem(label: str = "") -> str:
        body = [some(64) for _ in range(9)] + [some(31) + "="]
        return "\n".join((f"-----BEGIN {label}{LABEL}", *body, f"-----END {label}{LABEL}"))

    def literal(name: str) -> Callable[[str], str]:
        return lambda secret: f'{name} = "{secret}"'

    def inside(code: str) -> Callable[[str], str]:
        return lambda secret: code.replace("@@", secret)

    value = literal("value")
    kinds: dict[str, tuple[str, Callable[[str], str]]] = {
        "AWS access key": ("AKIA" + some(16, BASE32), value),
        "AWS secret key": (some(40), literal("aws_secret_access_key")),
        "GitHub classic": ("ghp_" + some(36), value),
        "GitHub OAuth": ("gho_" + some(36), value),
        "GitHub user": ("ghu_" + some(36), value),
        "GitHub server": ("ghs_" + some(36), value),
        "GitHub refresh": ("ghr_" + some(36), value),
        "GitHub fine-grained": (f"github_pat_{some(22)}_{some(59)}", value),
        "GitLab": ("glpat-" + some(20), value),
        "Slack token": (f"xoxb-{some(12, string.digits)}-{some(13, string.digits)}-{some(24)}", value),
        "Slack webhook": (f"T{some(8, UPPER)}/B{some(10, UPPER)}/{some(24)}", inside(
            'value = "https://hooks.slack.com/services/@@"')),
        "Stripe": ("sk_live_" + some(24), value),
        "OpenAI": (f"sk-proj-{some(74)}T3Blbk" + f"FJ{some(74)}", value),
        "Anthropic": (f"sk-ant-api03-{some(93)}AA", value),
        "Google": ("AIza" + some(35), value),
        "Google service account": (pem().replace("\n", "\\n"), inside(
            '{"type": "service_account", "private_key": "@@"}')),
        "Azure storage": (some(86) + "==", inside(
            'value = "DefaultEndpointsProtocol=https;AccountName=store;AccountKey=@@;EndpointSuffix=core.windows.net"'
        )),
        "npm": ("npm_" + some(36), value),
        "PyPI": ("pypi-AgEIcHlwaS5vcmc" + some(90), value),
        "SendGrid": (f"SG.{some(22)}.{some(43)}", value),
        "Twilio": ("SK" + some(32, HEX), value),
        "Twilio auth": (some(32, HEX), literal("TWILIO_AUTH_TOKEN")),
        "Telegram": (f"{some(9, '123456789')}:AA{some(33)}", value),
        "Discord": (f"M{some(23)}.{some(6)}.{some(27)}", value),
        "Hugging Face": ("hf_" + some(34), value),
        "DigitalOcean": ("dop_v1_" + some(64, HEX), value),
        "JSON web token": (f"{part({'alg': 'HS256'})}.{part({'sub': some(9)})}.{some(43)}", value),
        "basic auth URL": (some(12), inside('value = "https://bob:@@@git.internal/repository"')),
        "database URL": (some(14), inside('value = "postgres://app:@@@db.internal:5432/main"')),
        "password": (some(14), literal("password")),
        "password as a keyword": (some(10), inside('connect("db", user="app", password="@@")')),
        "password in a table": (some(12), inside('config = {"db_password": "@@"}')),
        "weak password": ("hunter2-horse", literal("DB_PASSWORD")),
        "API key": (some(32, HEX), literal("api_key")),
        "client secret": (some(30), inside("const clientSecret: string = '@@';")),
        "environment": (some(20), inside("SERVICE_TOKEN=@@")),
        "YAML": ("correct-horse-battery-staple", inside("  password: @@")),
        "bearer": (some(40), inside('headers = {"Authorization": "Bearer @@"}')),
        "basic auth header": (some(24), inside('curl -H "Authorization: Basic @@" localhost')),
        "key in a URL": (some(32), inside('fetch("https://maps.internal/v1?key=@@&zoom=3")')),
        "private key": (pem("RSA "), inside('KEY = """\n@@\n"""')),
        "private key, bare": (pem("OPENSSH "), inside("@@")),
    }  # fmt: skip
    return [Planted(kind, made_of(secret), secret) for kind, (secret, made_of) in kinds.items()]
