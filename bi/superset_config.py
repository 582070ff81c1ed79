"""Settings of the BI server. `maemoh bi up` starts it with MAEMOH_BI_HOME set; nothing here leaves this machine."""

import json
import os
from pathlib import Path

from bi import pages, records, safety, shortcuts

HOME = Path(os.environ["MAEMOH_BI_HOME"])
PUBLISHED = Path(os.environ["MAEMOH_BI_PUBLISHED"])
_SECRETS = json.loads((HOME / "secrets.json").read_text("utf-8"))

SECRET_KEY = _SECRETS["secret_key"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false&timeout=30"
DATA_DIR = str(HOME)
EVENT_LOGGER = records.Visits()
records.write_quickly()
shortcuts.pivot_in_columns()
PREVENT_UNSAFE_DB_CONNECTIONS = True

# What an analyst opens
APP_NAME = "แม่เมาะ · Mae Moh"
APP_ICON = "/brand/logo.svg"
LOGO_TOOLTIP = "Mae Moh data lakehouse"
FAVICONS = [{"href": "/brand/logo.svg"}]
WELCOME_PAGE_LAST_TAB = "all"
LANGUAGES: dict[str, dict[str, str]] = {}
D3_TIME_FORMAT = {
    "dateTime": "%x %X",
    "date": "%-d %b %Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": ["อาทิตย์", "จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์"],
    "shortDays": ["อา.", "จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส."],
    "months": [
        "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
        "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
    ],
    "shortMonths": ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."],
}  # fmt: skip
CURRENCIES = ["THB", "USD"]
ROW_LIMIT = 50_000
SQL_MAX_ROW = 100_000
SQLLAB_TIMEOUT = 60
SUPERSET_WEBSERVER_TIMEOUT = 120

THEME_DEFAULT = pages.theme(APP_NAME, APP_ICON)
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False
EXTRA_CATEGORICAL_COLOR_SCHEMES = pages.COLORS

FEATURE_FLAGS = {
    "ALERT_REPORTS": False,
    "DASHBOARD_VIRTUALIZATION": False,  # every chart of a page asks at once, of one publication
    "DASHBOARD_RBAC": False,
    "ENABLE_TEMPLATE_PROCESSING": False,  # Jinja in SQL can read more than rows
    "ALLOW_ADHOC_SUBQUERY": False,
    "TAGGING_SYSTEM": False,
}
# Nothing is kept from one publication to the next: DuckDB answers quickly enough to be asked each time.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
FILTER_STATE_CACHE_CONFIG = {"CACHE_TYPE": "SupersetMetastoreCache", "CACHE_DEFAULT_TIMEOUT": 86_400}
EXPLORE_FORM_DATA_CACHE_CONFIG = {"CACHE_TYPE": "SupersetMetastoreCache", "CACHE_DEFAULT_TIMEOUT": 86_400}

# Who may do what
CUSTOM_SECURITY_MANAGER = shortcuts.AskedOnce
AUTH_ROLE_PUBLIC = "Public"  # a role without any permission
AUTH_USER_REGISTRATION = False
WTF_CSRF_ENABLED = True
RATELIMIT_ENABLED = True
RATELIMIT_APPLICATION = ""  # Superset's 50 a second would count everybody behind one address as one person
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
TALISMAN_ENABLED = True
TALISMAN_CONFIG = safety.TALISMAN
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
HTML_SANITIZATION = True
DISALLOWED_SQL_FUNCTIONS = {"duckdb": safety.DISALLOWED_FUNCTIONS}
DB_SQLA_URI_VALIDATOR = safety.only_ours(PUBLISHED)
DB_CONNECTION_MUTATOR = safety.opener(PUBLISHED, HOME / "pinned")
FLASK_APP_MUTATOR = pages.add_to(PUBLISHED, HOME / "pinned")
TALISMAN_DEV_CONFIG = TALISMAN_CONFIG
