"""What a report tells, asked of a build by saved questions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kg.reader import Reader, Record
from kg.report.wording import split_name

CONTRADICTION = "contradiction"
STANDINGS = ("affirms", "reports", "doubts", "denies")
SIDE_BY_SIDE = (*(CONTRADICTION, "cannot-tell", "reported", "translation-variant", "calendar-only", "name-form-only"),)
COMPACT = ("different-scope", "compatible", "same")
"""The types of comparison in the order of a report: rivals at length, then those that agree, in brief."""

_SHOWN = ("part", "role", "phase", "place", "time")


@dataclass(frozen=True, slots=True)
class Link:
    """One voice of a chain: who speaks (reference and label), how it reaches us and how the one before stands to it."""

    speaker: str
    label: str
    mode: str
    stance: str
    origin: str


Chain = tuple[Link, ...]
"""The voices through which a claim reaches us, the author of the text first."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text: `short` is its id, `about` what its record tells, `read` the share that was read; and its counts."""

    reference: str
    short: str
    label: str
    about: Mapping[str, str]
    claims: int
    voices: int
    read: float
    standings: Mapping[str, int]
    depths: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Witnesses:
    """On whom a claim rests: the fewest and the most independent witnesses, and all of them by label."""

    least: int
    most: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as a report shows it.

    `told` has the columns of the question; `answer` is what it gives as the answer where that is a
    number, a name or an entity; `qualifiers` are pairs of kind and label.
    """

    reference: str
    text: str
    chain: Chain
    told: Mapping[str, str]
    answer: str
    qualifiers: tuple[tuple[str, str], ...]
    witnesses: Witnesses | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A comparison: the question that both claims answer, the rule that decided, and the two claims."""

    reference: str
    type: str
    rule: str
    meaning: str
    one: Claim
    other: Claim

    @property
    def question(self) -> str:
        """Give the question in words: the subject and the property."""
        subject = self.one.told["subject"] or self.other.told["subject"] or "a claim"
        return f"{subject}: {self.one.told['property']}"

    @property
    def asked(self) -> tuple[str, str]:
        """Give what pairs on one question have in common, in the order in which they are told."""
        return self.rule, self.question


@dataclass(frozen=True, slots=True)
class Group:
    """All comparisons of one type, with its label and what it means."""

    type: str
    label: str
    meaning: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """A claim that answers the question when; days are Julian Day Numbers, ``number` is its place in the table.

    `disputed` is the reference of a comparison that makes it one side of a contradiction, or empty.
    """

    number: int
    claim: Claim
    earliest: int
    latest: int
    disputed: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Claims of one text that cannot all be right, by the rule that found it."""

    reference: str
    rule: str
    message: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """That one speaker quotes another: labels, the modes and texts in which, and how many claims pass on that way."""

    quoter: str
    quoted: str
    quoter_label: str
    quoted_label: str
    claims: int
    modes: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a report tells of a build; `quotations` of the whole, and by the label of each text's author."""

    about: Mapping[str, str]
    texts: tuple[Text, ...]
    properties: tuple[Record, ...]
    speakers: tuple[tuple[str, int, int], ...]
    testimonies: tuple[tuple[bool, int, int, int], ...]
    groups: tuple[Group, ...]
    dates: tuple[Dated, ...]
    quotations: tuple[Quotation, ...]
    by_author: tuple[tuple[str, tuple[Quotation, ...]], ...]
    faults: tuple[Fault, ...] | None

    @property
    def claims(self) -> int:
        """Count the claims of all texts."""
        return sum(text.claims for text in self.texts)

    @property
    def pairs(self) -> int:
        """Count the comparisons."""
        return sum(len(group.pairs) for group in self.groups)

    @property
    def contradictions(self) -> int:
        """Count the comparisons that are contradictions."""
        return sum(len(group.pairs) for group in self.groups if group.type == CONTRADICTION)

    @property
    def depths(self) -> tuple[int, ...]:
        """List how many voices the chains of claims have."""
        return tuple(sorted({depth for text in self.texts for depth in text.depths}))

    @property
    def witnessed(self) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        """Count by the fewest and the most witnesses the statements that are agreed, and the others."""
        counts: Counter[tuple[int, int, bool]] = Counter()
        for agreed, least, most, count in self.testimonies:
            counts[least, most, agreed] += count
        bounds = sorted({(least, most) for least, most, _ in counts}, key=lambda bound: bound[::-1])
        return tuple((bound, (counts[*bound, True], counts[*bound, False])) for bound in bounds)

    @property
    def single(self) -> int:
        """Count the statements that rest on a single witness."""
        return sum(count for _, _, most, count in self.testimonies if most == 1)


def read_contents(reader: Reader) -> Contents:
    """Ask a build for everything a report tells; `faults` is None where it was not searched for them."""
    chains = _read_chains(reader.list_records("report/voices-with-chains"))
    own = reader.list_records("report/claims-by-voice")
    groups = _read_groups(reader, _read_compared(reader, chains))
    return Contents(
        about=_read_about(reader),
        texts=tuple(_read_texts(reader)),
        properties=tuple(reader.list_records("report/claims-by-property")),
        speakers=tuple(_count_speakers(own, chains)),
        testimonies=tuple(_read_testimonies(reader)),
        groups=groups,
        dates=tuple(_read_dates(reader, chains, groups)),
        quotations=_count_quotations(own, chains),
        by_author=tuple(_split_by_author(own, chains)),
        faults=_read_faults(reader, chains),
    )


def _read_about(reader: Reader) -> dict[str, str]:
    told = reader.build.manifest
    names = ("title", "version", "licence", "made_by", "base", "quads", "rdfc10_sha256")
    return {name: str(told.get(name, "")) for name in names}


def _read_texts(reader: Reader) -> Iterable[Text]:
    details = {record["text"]: record for record in reader.list_records("report/calendars-of-texts")}
    standings: dict[str, Counter[str]] = defaultdict(Counter)
    depths: dict[str, Counter[int]] = defaultdict(Counter)
    for record in reader.list_records("report/claims-by-standing"):
        standings[record["text"]][record["standing"]] += int(record["claims"])
        depths[record["text"]][int(record["depth"])] += int(record["claims"])
    for record in reader.list_records("texts/inventory"):
        name = record["text"]
        yield _to_text(record, details.get(name, _UNREAD), standings[name], depths[name])


_UNREAD = {"calendar": "unknown", "basis": "unknown", "characters": "0", "read": "0"}
"""What is told of a text of which nothing was read, and which the question therefore leaves out."""


def _to_text(record: Record, detail: Record, standings: Mapping[str, int], depths: Mapping[int, int]) -> Text:
    return Text(
        reference=record["text"],
        short=record["text"].rpartition("/")[2],
        label=record["label"],
        about={**record, **detail},
        claims=int(record["assertions"]),
        voices=int(record["voices"]),
        read=int(detail["read"]) / max(1, int(detail["characters"])),
        standings=standings,
        depths=depths,
    )


def _read_chains(records: Iterable[Record]) -> dict[str, Chain]:
    chains: dict[str, list[Link]] = defaultdict(list)
    for record in records:
        told = (record[name] for name in ("speaker", "speaker_label", "mode", "stance", "origin"))
        chains[record["voice"]].append(Link(*told))
    return {voice: tuple(links) for voice, links in chains.items()}


def _read_compared(reader: Reader, chains: Mapping[str, Chain]) -> dict[str, Claim]:
    qualifiers = _read_qualifiers(reader)
    witnesses = _read_witnesses(reader)
    records = reader.list_records("report/compared-claims")
    return {record["assertion"]: _to_claim(record, chains, qualifiers, witnesses) for record in records}


def _to_claim(
    record: Record,
    chains: Mapping[str, Chain],
    qualifiers: Mapping[str, Mapping[str, str]],
    witnesses: Mapping[str, Witnesses],
) -> Claim:
    reference = record["assertion"]
    narrowed = qualifiers.get(reference, {})
    value = " ".join(filter(None, (record.get("value"), narrowed.get("unit"))))
    answer = ", ".join(filter(None, (value, record.get("object"))))
    shown = tuple((kind, narrowed[kind]) for kind in _SHOWN if kind in narrowed)
    chain = chains.get(record["voice"], ())
    return Claim(reference, record["text"], chain, record, answer, shown, witnesses.get(reference))


def _read_qualifiers(reader: Reader) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for record in reader.list_records("report/qualifiers-of-claims"):
        found[record["assertion"]][record["kind"]] = record["qualifier"]
    return found


def _read_witnesses(reader: Reader) -> dict[str, Witnesses]:
    labels: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for record in reader.list_records("report/witnesses-of-claims"):
        labels[record["assertion"], int(record["least"]), int(record["most"])].append(record["witness"])
    return {claim: Witnesses(least, most, tuple(told)) for (claim, least, most), told in labels.items()}


def _read_groups(reader: Reader, claims: Mapping[str, Claim]) -> tuple[Group, ...]:
    records: dict[str, list[Record]] = defaultdict(list)
    for record in reader.list_records("report/pairs"):
        records[record["type"]].append(record)
    known = (*SIDE_BY_SIDE, *COMPACT)
    order = [*(name for name in known if name in records), *sorted(records.keys() - set(known))]
    return tuple(_to_group(name, records[name], claims) for name in order)


def _to_group(name: str, records: list[Record], claims: Mapping[str, Claim]) -> Group:
    pairs = [
        Pair(r["comparison"], name, r["rule"], r["rule_meaning"], claims[r["one"]], claims[r["other"]]) for r in records
    ]
    ordered = sorted(pairs, key=lambda pair: (pair.asked, pair.reference))
    return Group(name, records[0]["type_label"], records[0]["type_meaning"], tuple(ordered))


def _read_testimonies(reader: Reader) -> Iterable[tuple[bool, int, int, int]]:
    for record in reader.list_records("report/testimonies-by-witnesses"):
        least, most, count = (int(record[name]) for name in ("least", "most", "testimonies"))
        yield record["agreed"] == "true", least, most, count


def _read_dates(reader: Reader, chains: Mapping[str, Chain], groups: Iterable[Group]) -> Iterable[Dated]:
    pairs = [pair for group in groups if group.type == CONTRADICTION for pair in group.pairs]
    rivals = {claim.reference: pair.reference for pair in pairs for claim in (pair.other, pair.one)}
    for number, record in enumerate(reader.list_records("report/dated-claims"), 1):
        claim = _to_claim(record, chains, {}, {})
        yield Dated(number, claim, int(record["earliest"]), int(record["latest"]), rivals.get(claim.reference, ""))


def _read_faults(reader: Reader, chains: Mapping[str, Chain]) -> tuple[Fault, ...] | None:
    if reader.base.graph("faults") not in reader.build.manifest["graphs"]:
        return None
    found: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for record in reader.list_records("report/faults-with-claims"):
        key = (record["rule"], record["fault"], record["message"])
        found[key].append(_to_claim(record, chains, {}, {}))
    return tuple(
        Fault(fault, split_name(rule), message, tuple(claims)) for (rule, fault, message), claims in found.items()
    )


def _count_speakers(own: Iterable[Record], chains: Mapping[str, Chain]) -> list[tuple[str, int, int]]:
    """Count for each who speaks last in a chain the claims and texts; the most claims first."""
    claims: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in own:
        last = chains[record["voice"]][-1]
        claims[last.label, last.speaker] += int(record["claims"])
        texts[last.label, last.speaker].add(record["text"])
    ordered = sorted(claims, key=lambda speaker: (-claims[speaker], speaker))
    return [(speaker[0], claims[speaker], len(texts[speaker])) for speaker in ordered]


def _split_by_author(own: Iterable[Record], chains: Mapping[str, Chain]) -> list[tuple[str, tuple[Quotation, ...]]]:
    """Give the quotations under each author of a text, the one who passes on most first."""
    records: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in own:
        head, *quoted = chains[record["voice"]]
        if quoted:
            records[head.label, head.speaker].append(record)
    told = [(author[0], _count_quotations(found, chains)) for author, found in records.items()]
    return sorted(told, key=lambda pair: (-len(pair[1]), pair[0]))


def _count_quotations(own: Iterable[Record], chains: Mapping[str, Chain]) -> tuple[Quotation, ...]:
    """Count for each quoter and quoted the claims that pass between them; the most first."""
    where: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    totals: Counter[tuple[str, str]] = Counter()
    labels: dict[str, str] = {}
    for record in own:
        for quoter, quoted in pairwise(chains[record["voice"]]):
            ends = (quoter.speaker, quoted.speaker)
            labels |= {quoter.speaker: quoter.label, quoted.speaker: quoted.label}
            totals[ends] += int(record["claims"])
            where[ends].add((quoted.mode, record["text"]))
    ordered = sorted(totals, key=lambda ends: (-totals[ends], labels[ends[0]], labels[ends[1]], ends))
    return tuple(
        Quotation(*ends, labels[ends[0]], labels[ends[1]], totals[ends], *_split(where[ends])) for ends in ordered
    )


def _split(where: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    modes, texts = zip(*sorted(where), strict=True)
    return tuple(sorted(set(modes))), tuple(sorted({text.rpartition("/")[2] for text in texts}))
