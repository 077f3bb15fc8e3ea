"""What is known of reconciliation services beforehand: `services.toml`, read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Profile:
    """The services of one identifier space: where they are, their classes, their properties; all may be empty."""

    name: str = ""
    url: str = ""
    space: str = ""
    iri: str = ""
    names: tuple[str, ...] = ()
    born: str = ""
    died: str = ""
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def properties(self) -> tuple[str, ...]:
        """List the properties to ask for of a candidate."""
        return tuple(filter(None, (*self.names, self.born, self.died)))


def read_profiles() -> dict[str, Profile]:
    """Give the services that are known, by name."""
    told = tomllib.loads(Path(__file__).with_name("services.toml").read_text("utf-8"))
    return {name: Profile(name, **{**fields, "names": tuple(fields["names"])}) for name, fields in told.items()}


def recognise(space: str) -> Profile:
    """Give the profile of an identifier space, an empty one where none is known."""
    known = (profile for profile in read_profiles().values() if profile.space.rstrip("/") == space.rstrip("/"))
    return next(known, Profile(space=space))
