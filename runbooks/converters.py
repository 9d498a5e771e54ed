"""Version numbers and free text in addresses."""


class VersionNumber:
    """`1.0` ↔ (1, 0)."""

    regex = r"[0-9]{1,6}\.[0-9]{1,6}"

    def to_python(self, value: str) -> tuple[int, int]:
        major, minor = value.split(".")
        return int(major), int(minor)

    def to_url(self, value: str | tuple[int, int]) -> str:
        return value if isinstance(value, str) else f"{value[0]}.{value[1]}"


class Anything:
    """Any text, with slashes and line ends in it."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
