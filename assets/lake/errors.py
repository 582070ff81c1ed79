"""Errors of the lake. Each says what happened, where, and what to do next."""


class LakeError(Exception):
    """Base of everything the lake reports to a person."""

    def __init__(self, what: str, to_do: str) -> None:
        super().__init__(f"{what}\n  What to do: {to_do}")
        self.what = what
        self.to_do = to_do


class UnsupportedPlatform(LakeError):
    """The embedded store has no binary for this machine."""


class PortTaken(LakeError):
    """A port that the settings ask for belongs to another process."""


class DiskFull(LakeError):
    """Too little room for the store to work safely."""


class StoreDown(LakeError):
    """The object store or the catalog does not answer."""


class CommitConflict(LakeError):
    """Another writer changed the same table, again and again."""
