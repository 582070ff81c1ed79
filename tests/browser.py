"""The browser of the page tests: one found on the machine, else installed by apt where root; never skipped quietly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these a headless browser tries to reach its maker's servers at every start.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoBrowser(Exception):
    """There is no browser, and none can be installed from here."""


def find_browser() -> str:
    """Path of a Chromium or Chrome. Raises NoBrowser with how to install one."""
    for name in (os.environ.get("MAEMOH_BROWSER"), *NAMES):
        if name and (found := shutil.which(name)):
            return found
    raise NoBrowser(
        "the page tests need Chromium or Chrome and found none. Install one (Debian, Ubuntu: `apt-get install chromium`), "
        "or set MAEMOH_BROWSER to its path"
    )


def apt_install(package: str) -> None:
    """Installs a package of Debian; needs root."""
    subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )


def install_missing(find: Callable[[], object], missing: type[Exception], what: str, package: str) -> int:
    """Installs a package of Debian where `find` does not find what it holds; the exit code, 1 where that is not possible."""
    try:
        find()
    except missing as reason:
        if os.geteuid() != 0 or not Path("/usr/bin/apt-get").exists():
            sys.stderr.write(f"{reason}\n")
            return 1
        sys.stdout.write(f"setting up: {what} (apt)\n")
        apt_install(package)
    return 0


def main() -> int:
    return install_missing(find_browser, NoBrowser, "a browser for the page tests", "chromium")


if __name__ == "__main__":
    sys.exit(main())
