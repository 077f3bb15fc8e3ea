"""Candidates for entities of a dataset: asked of a service by name, told apart by what it says of them.

An entity is asked for by its best-known name, and by others as long as nothing fits. What the
service says of the candidates' names and lives is compared here; its own scores are not used.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from kg.dates import GREGORIAN, from_number
from kg.errors import OutsideError
from kg.matching import DOUBTFUL, Days, Named, compare
from kg.proposals import Candidate, read_days
from kg.reconciliation.profiles import Profile
from kg.reconciliation.service import Manifest, Query, Service, Suggestion, Values

ROUNDS = 3
"""Names under which an entity is asked for at most."""

MOST_NAMES = 100
"""Names of one candidate that are compared."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """How candidates are asked for: how many a name, how many names at once, of which class, with which values."""

    limit: int = 5
    batch: int = 10
    type: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A service with what it says of itself and what is known of it, ready to be asked."""

    service: Service
    manifest: Manifest
    profile: Profile
    request: Request
    progress: Progress

    @property
    def space(self) -> str:
        """Give what the IRIs of this service begin with."""
        return self.manifest.choose_template(self._known).partition("{{id}}")[0]

    @property
    def _known(self) -> str:
        return self.request.iri or self.profile.iri

    def find(self, subjects: Sequence[Named]) -> dict[str, list[Candidate]]:
        """Give the candidates for each subject by its reference; raises OutsideError."""
        found: dict[str, dict[str, Candidate]] = {subject.reference: {} for subject in subjects}
        for turn in range(ROUNDS):
            open_ = [
                subject for subject in subjects if len(subject.names) > turn and not _fits(found[subject.reference])
            ]
            for subject, candidates in self._ask(open_, turn):
                found[subject.reference] |= {candidate.iri: candidate for candidate in candidates}
        return {reference: list(candidates.values()) for reference, candidates in found.items()}

    def _ask(self, subjects: Sequence[Named], turn: int) -> Iterable[tuple[Named, list[Candidate]]]:
        queries = [self._query(subject, subject.names[turn]) for subject in subjects]
        answers: list[list[Suggestion]] = []
        for answer in self.service.ask(queries, self.request.limit, self.request.batch):
            answers.append(answer)
            self.progress(f"asked for {len(answers)} of {len(queries)} names")
        values = self._extend(suggestion.id for suggestion in chain.from_iterable(answers))
        for subject, answer in zip(subjects, answers, strict=True):
            yield subject, [self._weigh(subject, suggestion, values.get(suggestion.id, {})) for suggestion in answer]

    def _query(self, subject: Named, name: str) -> Query:
        """Ask for a name, with what is known of the subject in the terms of the service."""
        lives = ((self.profile.born, subject.born), (self.profile.died, subject.died))
        known = [(property_, _tell_days(days)) for property_, days in lives if property_ and days]
        type_ = self.request.type or self.profile.types.get(subject.kind, "")
        return Query(name, type_, (*self.request.properties, *known))

    def _extend(self, ids: Iterable[str]) -> Mapping[str, Values]:
        """Fetch names and dates of candidates from a service that gives them."""
        if not self.manifest.extends or not self.profile.properties:
            return {}
        self.progress("fetching names and dates of the candidates")
        return self.service.extend(ids, self.profile.properties, self.request.batch * 5)

    def _weigh(self, subject: Named, suggestion: Suggestion, values: Values) -> Candidate:
        names = chain.from_iterable(values.get(name, ()) for name in self.profile.names)
        born, died = (read_days(values.get(name, ())) for name in (self.profile.born, self.profile.died))
        known = tuple(dict.fromkeys((suggestion.name, *names)))[:MOST_NAMES]
        candidate = Named(self._mint(suggestion.id), subject.kind, known, born, died)
        return Candidate(candidate, suggestion.description, ", ".join(suggestion.types), compare(subject, candidate))

    def _mint(self, id_: str) -> str:
        try:
            return self.manifest.mint(id_, self._known)
        except ValueError as error:
            raise OutsideError(str(error)) from None


def _fits(candidates: Mapping[str, Candidate]) -> bool:
    return any(candidate.score.value >= DOUBTFUL for candidate in candidates.values())


def _tell_days(days: Days) -> str:
    """Give days as a service reads a date: the day where it is one, else the year in which they begin."""
    first = from_number(days.earliest, GREGORIAN)
    return str(first) if days.earliest == days.latest else f"{first.year:04}"
