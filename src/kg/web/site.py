"""Where the service stands: its public address, the names it answers to, and who may post to it."""

from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Site:
    """Where the service stands.

    `base` is its public address with a slash at its end, or empty for the one that was asked; `hosts`
    are the names it answers to; `origins` are those of pages elsewhere that may post, `*` for any.
    """

    base: str = ""
    hosts: tuple[str, ...] = LOOPBACK
    origins: tuple[str, ...] = ()

    def find_base(self, asked: str) -> str:
        """Give the public address of the service, where `asked` is the origin that a request was sent to."""
        return self.base or f"{asked}/"

    def may_post(self, origin: str | None, asked: str) -> bool:
        """Tell whether a page of this origin may post; programs that are no browsers send none."""
        own = "/".join(self.find_base(asked).split("/")[:3])
        return origin is None or "*" in self.origins or origin in (own, *self.origins)
