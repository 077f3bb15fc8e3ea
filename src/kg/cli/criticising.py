"""Commands of source criticism, asked of a build: ask, explain, conflicts, diff."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

import click

from kg.cli.asking import pair_parameters, tell_answer
from kg.cli.terminal import STDERR, build_option, format_option
from kg.criticism import TYPES
from kg.documents import MEDIA_TYPES
from kg.errors import OutsideError, UsageError
from kg.evidence import Passage, Span
from kg.reader import Reader, Record, open_build
from kg.verification import read_copy

DISTRUST = {
    "falls": "falls out of the consensus",
    "weakens": "stays, on fewer independent witnesses",
    "rises": "enters the consensus, its contradiction gone",
    "vanishes": "comparison that vanishes",
}
"""What happens for whoever distrusts a source, each the last part of a saved question."""

CONTEXT = 200
"""How many characters of a text are shown on either side of a passage."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("question")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@build_option
@click.option("--most", type=click.IntRange(1), default=30, help="How many rows of a long list.")
@format_option(*MEDIA_TYPES)
def ask(question: str, words: tuple[str, ...], build: Path, most: int, form: str) -> None:
    """Ask a saved question with its parameters in their order: QUESTION VALUE ... [--PARAMETER VALUE].

    \b
    who-says SUBJECT PROPERTY [OBJECT]   who says this of somebody or something
    first-hand [SPEAKER]                 what is told by those who saw, heard or did it
    chain ASSERTION                      through whom a claim reaches us
    endorsed [SPEAKER] [STANCE]          what is passed on, and whether the text stands by it
    silent SUBJECT [PROPERTY] [OBJECT]   says, denies, says nothing, or was not read
    disagree [ENTITY] [TYPE]             where claims on one question agree or disagree
    rests-on ASSERTION                   on how many independent witnesses a claim rests, and why
    single-witness [ENTITY] [WITNESS]    what rests on one witness
    distrust TEXT|SPEAKER                what falls, weakens, rises, vanishes without it
    faults [TEXT]                        what cannot be right within one text

    Any other question of `kg queries` works the same way. A property may be written by its name.
    """
    reader = open_build(build)
    if question == "distrust":
        _tell_distrust(reader, _take_one(words, "TEXT|SPEAKER"), most, form)
    elif question == "rests-on" and form == "table":
        click.echo("\n".join(_explain_support(reader, _take_one(words, "ASSERTION"))))
    else:
        name = "disagreement/comparisons" if question == "disagree" else question
        given = _match_words(reader, name, words)
        reader.require(given.values())
        if question == "disagree" and form == "table":
            _tell_comparisons(reader.list_records(name, given))
        else:
            tell_answer(reader.ask(name, given), reader.build, form, most)


def _match_words(reader: Reader, name: str, words: tuple[str, ...]) -> dict[str, str]:
    """Give the parameters of a question: values in their order, then options by name."""
    count = next((at for at, word in enumerate(words) if word.startswith("--")), len(words))
    names = [parameter.name for parameter in reader.find_question(name).parameters]
    if count > len(names):
        raise UsageError(f"{name} takes no more than {', '.join(names) or 'no parameter'}")
    return dict(zip(names, words[:count], strict=False)) | pair_parameters(words[count:])


def _take_one(words: tuple[str, ...], what: str) -> str:
    if len(words) != 1:
        raise UsageError(f"give one {what}, as a reference such as text/001 or person/ada-lovelace")
    return words[0]


def _tell_distrust(reader: Reader, source: str, most: int, form: str) -> None:
    reader.require([source])
    found = {part: reader.list_records(f"witness/distrust-{part}", {"source": source}) for part in DISTRUST}
    if form == "json":
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    if form != "table":
        raise UsageError("distrust gives several lists; use --format table or json, or `kg query distrust-falls`")
    for part, meaning in DISTRUST.items():
        click.echo(f"{len(found[part])} {meaning}")
        for record in found[part][:most]:
            click.echo(f"    {_tell_change(record)}")
        if len(found[part]) > most:
            click.echo(f"    and {len(found[part]) - most} more")


def _tell_change(record: Record) -> str:
    if "comparison" in record:
        return f"{record['type']}: {record['one']} / {record['other']}  {record['one_gist']} / {record['other_gist']}"
    counts = ""
    if "least" in record:
        counts = f" ({_tell_range(record)} to {_tell_range(record, '_left')})"
    return f"{record['testimony']}  {record['gist']}{counts}"


def _tell_range(record: Record, suffix: str = "") -> str:
    least, most = record[f"least{suffix}"], record[f"most{suffix}"]
    return least if least == most else f"{least}-{most}"


def _explain_support(reader: Reader, assertion: str) -> Iterator[str]:
    """Tell on whom a claim rests: the counts, then each witness with the claims behind which it stands."""
    reader.require([assertion])
    records = reader.list_records("witness/rests-on", {"assertion": assertion})
    if not records:
        yield "no witness: the text itself doubts or denies what is said"
        return
    first = records[0]
    agreed = (
        "affirmed, and contradicted by no claim" if first["agreed"] == "true" else "contested, or affirmed by no text"
    )
    yield f"{agreed}; claims {len(records)}, independent witnesses {_tell_range(first)}"
    alone = len({_by_witness(record) for record in records}) == 1
    for _, group in groupby(sorted(records, key=_by_witness), key=_by_witness):
        claims = list(group)
        yield f"  {claims[0]['witness_label']}: {_tell_reason(claims, alone=alone)}"
        yield from (f"    {c['claim']}  {c['voices']}: {c['gist']}{_tell_exactness(c)}" for c in claims)


def _by_witness(record: Record) -> str:
    return record["witness"]


def _tell_reason(claims: list[Record], *, alone: bool) -> str:
    """Say why the claims that end with one voice count as they do."""
    once = f"one witness, though {len(claims)} claims end with this voice" if len(claims) > 1 else "one witness"
    if any(claim["certain"] == "true" for claim in claims):
        return once
    return f"{once}; how it is known is not said" + ("" if alone else ", so it may come from another of these")


def _tell_exactness(claim: Record) -> str:
    return "" if claim["exact"] == "true" else " (says it more precisely)"


@click.command()
@click.argument("reference")
@click.option("--texts", type=click.Path(path_type=Path), help="Folder with the texts, to show the passage itself.")
@build_option
@format_option("json")
def explain(reference: str, texts: Path | None, build: Path, form: str) -> None:
    """Explain one claim: REFERENCE is an assertion, as assertion/001/0042.

    What it says, the question it answers, where it stands, through whom it reaches us, both
    calendars, who agrees and disagrees and how, and on whom it rests.
    """
    reader = open_build(build)
    reader.require([reference])
    claims = reader.list_records("provenance/claim", {"assertion": reference})
    if not claims:
        raise UsageError(
            f"{reference} is no assertion; `kg query claims-about --entity {reference}` lists those about it"
        )
    if form == "json":
        click.echo(json.dumps(_collect(reader, reference, claims[0]), indent=1, ensure_ascii=False))
        return
    for line in _tell_claim(reader, reference, claims[0]):
        click.echo(line)
    if texts is not None:
        click.echo("\n" + _show_passage(texts, claims[0]))


def _collect(reader: Reader, reference: str, claim: Record) -> Mapping[str, object]:
    questions = {"chain": "provenance/chain", "compared": "disagreement/of-claim", "rests_on": "witness/rests-on"}
    lists = {name: reader.list_records(question, {"assertion": reference}) for name, question in questions.items()}
    return {"assertion": reference, **claim, **lists}


def _tell_claim(reader: Reader, reference: str, claim: Record) -> Iterator[str]:
    yield f"{reference}\n{claim['gist']}\n"
    yield f"question   {claim['subject_label'] or claim['subject']}: {claim['property_label']}{_tell_narrowing(claim)}"
    yield f"answer     {_tell_answer(claim)}"
    yield from _tell_dates(claim)
    yield f"stands in  {claim['text_label']} ({claim['text']}), {claim['file']} {claim['start']}-{claim['end']}"
    yield from _tell_chain(reader, reference, claim)
    yield f"curated    {claim['created']}, {claim['curator']}\n"
    yield from _tell_compared(reader, reference)
    yield "rests on"
    yield from (f"  {line}" for line in _explain_support(reader, reference))


def _tell_narrowing(claim: Record) -> str:
    named = [
        f"{name} {claim[name].rpartition('/')[2]}" for name in ("unit", "part", "role", "place", "phase") if claim[name]
    ]
    return f" ({', '.join(named)})" if named else ""


def _tell_answer(claim: Record) -> str:
    printed = f", printed as {claim['printed']}" if claim["printed"] else ""
    toward = f", toward {claim['toward']}" if claim["toward"] else ""
    hedge = f", qualified: {claim['hedge']}" if claim["hedge"] else ""
    return f"{claim['value_label'] or claim['value']}{printed}{toward}{hedge}"


def _tell_dates(claim: Record) -> Iterator[str]:
    if claim["calendar"]:
        yield f"dated      {claim['date_printed'] or '(not printed)'}; calendar {claim['calendar']}, {claim['basis']}"
        yield f"           Old Style {claim['julian']}, New Style {claim['gregorian']}"
    if claim["time"]:
        yield f"           at {claim['time']}"


def _tell_chain(reader: Reader, reference: str, claim: Record) -> Iterator[str]:
    for record in reader.list_records("provenance/chain", {"assertion": reference}):
        work = f", in {record['work']}" if record["work"] else ""
        knows = f"{record['mode']}, knows by {record['origin']}{work}"
        yield f"voice {record['depth']}    {record['speaker_label']}: {knows}"
    yield f"stance     the voice {claim['own_stance']}, the text as a whole {claim['stance']}"


def _tell_compared(reader: Reader, reference: str) -> Iterator[str]:
    records = reader.list_records("disagreement/of-claim", {"assertion": reference})
    yield f"compared   claims on the same question: {len(records)}"
    for record in records:
        yield f"  {record['type']}: {record['other']}  {record['voices']}: {record['gist']}"
        yield f"      {record['meaning']}"


def _show_passage(folder: Path, claim: Record) -> str:
    """Show the passage between marks with what stands about it, in this copy of the text, if it is unaltered there."""
    copy = read_copy(folder / claim["file"])
    if copy is None:
        raise OutsideError(f"{folder / claim['file']} is not there")
    start, end, norm_start, norm_end = (int(claim[name]) for name in ("start", "end", "norm_start", "norm_end"))
    passage = Passage(start, end, norm_start, norm_end, claim["digest"])
    verdict = copy.verify_all([passage])[0]
    if verdict.outcome not in ("verified", "moved"):
        raise OutsideError(f"the passage does not stand in this copy of {claim['file']}; `kg verify` tells more")
    span = copy.to_norm(verdict.place) if verdict.place else Span(passage.norm_start, passage.norm_end)
    before, after = copy.text[max(span.start - CONTEXT, 0) : span.start], copy.text[span.end : span.end + CONTEXT]
    return f"{verdict.outcome}\n...{before}>>>{copy.text[span.start : span.end]}<<<{after}..."


@click.command()
@build_option
@click.option("--type", "wanted", type=click.Choice(TYPES), help="Only pairs of this type.")
@click.option("--about", help="Only pairs on this entity, or with it as their answer, as person/ada-lovelace.")
@click.option("--explain", "explained", help="One comparison by its reference, as comparison/001/0042/004/0007.")
@format_option(*MEDIA_TYPES)
def conflicts(build: Path, wanted: str | None, about: str | None, explained: str | None, form: str) -> None:
    """List the pairs of claims that answer one question, by how they agree or disagree."""
    reader = open_build(build)
    given = {name: value for name, value in (("type", wanted), ("about", about)) if value}
    reader.require([about] if about else [])
    if explained is not None:
        _explain_comparison(reader, explained)
    elif form != "table":
        tell_answer(reader.ask("disagreement/comparisons", given), reader.build, form)
    else:
        _tell_comparisons(reader.list_records("disagreement/comparisons", given))


def _tell_comparisons(records: list[Record]) -> None:
    for record in records:
        click.echo(f"{record['type']}: {record['subject_label'] or record['subject']}, {record['property']}")
        click.echo(f"    {record['comparison']} ({record['rule']})")
        for side in ("one", "other"):
            told = f"{record[f'{side}_voices']} ({record[f'{side}_stance']}): {record[f'{side}_gist']}"
            click.echo(f"    {record[side]}  {told}")
    counts = {name: sum(record["type"] == name for record in records) for name in TYPES}
    STDERR.print(f"{len(records)} pairs: {', '.join(f'{n} {name}' for name, n in counts.items() if n) or 'none'}")


def _explain_comparison(reader: Reader, reference: str) -> None:
    """Tell what was compared, by which rule it was decided and what the rule says, and each claim in full."""
    records = [r for r in reader.list_records("disagreement/comparisons") if r["comparison"] == reference]
    if not records:
        raise UsageError(f"there is no {reference}; `kg conflicts` lists what there is")
    _tell_comparisons(records)
    meanings = {r["concept"]: r["meaning"] for r in reader.list_records("disagreement/rules")}
    for name in (records[0]["type"], records[0]["rule"]):
        click.echo(f"{name}: {meanings[name]}")
    for side in ("one", "other"):
        claim = reader.list_records("provenance/claim", {"assertion": records[0][side]})[0]
        click.echo("\n" + "\n".join(_tell_claim(reader, records[0][side], claim)))


@click.command()
@click.argument("one")
@click.argument("other")
@build_option
@click.option("--most", type=click.IntRange(1), default=30, help="How many claims that only one text makes.")
@format_option("json")
def diff(one: str, other: str, build: Path, most: int, form: str) -> None:
    """Set two texts side by side, ONE and OTHER by id or reference: where they agree, differ, stand alone."""
    reader = open_build(build)
    texts = [name if "/" in name else f"text/{name}" for name in (one, other)]
    reader.require(texts)
    if texts[0] == texts[1]:
        raise UsageError(f"give two texts; {one} and {other} are the same")
    shared = reader.list_records("disagreement/between-texts", {"one": texts[0], "other": texts[1]})
    alone = {
        mine: reader.list_records("disagreement/only-in-one", {"one": mine, "other": yours})
        for mine, yours in (texts, reversed(texts))
    }
    if form == "json":
        click.echo(json.dumps({"shared": shared, "only": alone}, indent=1, ensure_ascii=False))
        return
    _tell_shared(shared)
    for text, records in alone.items():
        _tell_alone(text, records, most)


def _tell_shared(records: Iterable[Record]) -> None:
    order = sorted(records, key=lambda record: (TYPES.index(record["type"]), record["one_claim"]))
    for kind, group in groupby(order, key=lambda record: record["type"]):
        listed = list(group)
        click.echo(f"{kind}: {len(listed)}")
        for record in listed:
            click.echo(f"    {record['subject_label'] or record['subject']}, {record['property']}")
            for side in ("one", "other"):
                told = f"{record[f'{side}_voices']} ({record[f'{side}_stance']}): {record[f'{side}_gist']}"
                click.echo(f"        {record[f'{side}_claim']}  {told}")


def _tell_alone(text: str, records: list[Record], most: int) -> None:
    click.echo(f"only in {text}, of what both speak of: {len(records)}")
    for record in records[:most]:
        click.echo(f"    {record['assertion']}  {record['voices']}: {record['gist']}")
    if len(records) > most:
        click.echo(f"    and {len(records) - most} more")
