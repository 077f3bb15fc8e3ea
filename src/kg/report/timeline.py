"""Where dated claims stand on a timeline: an axis in two calendars, one lane a text, bars for uncertainty.

Lengths are in units of the drawing, a hundredth of an inch or so on paper; days are Julian Day
Numbers, and a day reaches from its number to the next.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from kg.dates import GREGORIAN, JULIAN, Day, from_number, to_number
from kg.report.contents import Dated, Text
from kg.report.wording import MONTHS, wrap

WIDTH = 860.0
GUTTER = 145.0
RIGHT = WIDTH - 42
"""Where lanes end; the label of a tick at the end needs the rest."""

_PLOT = RIGHT - GUTTER
_TOP = 46.0
_FOLD = 10.0
_SPACE = 1.5
_LABEL, _MONTH = 11.0, 58.0
"""The room that the label of a year takes, upright, and that of a month."""

_NUMBERED = 21.0
"""The width of a mark that bears its number; where a day is narrower than that, marks bear none."""

_WINDOWS = ((150, 1), (14, 4))
"""The lengths of windows, in days, and how many of each at most."""

_DAILY = 40
"""The longest stretch, in days, on whose axis every day is named."""

_MONTHLY = 800
"""The longest stretch, in days, on whose axis every month is named."""

_FEWEST = 6
"""A window is worth a figure from so many claims."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Years in which nothing dated begins or ends, from a first day to before a last, drawn as a strip at a place."""

    x: float
    years: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale that is linear between its knots (day, position)."""

    first: int
    last: int
    days: tuple[int, ...]
    places: tuple[float, ...]
    folds: tuple[Fold, ...] = ()

    def place(self, day: int) -> float:
        """Give the position at which a day begins; days beyond an end are put at that end."""
        day = min(max(day, self.days[0]), self.days[-1])
        at = min(bisect_right(self.days, day), len(self.days) - 1)
        start, end = self.days[at - 1], self.days[at]
        return self.places[at - 1] + (day - start) / (end - start) * (self.places[at] - self.places[at - 1])


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis with its label; a major one begins a month or year."""

    x: float
    label: str
    major: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Claims of one date in their lane: a box or a bar from its first to its last possible day.

    Where a day is narrow, those alike are one mark, the higher the more they are.
    """

    dates: tuple[Dated, ...]
    x: float
    y: float
    width: float
    height: float
    open_left: bool
    open_right: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of a text, with its label in a few lines."""

    text: Text
    lines: tuple[str, ...]
    y: float
    height: float
    marks: tuple[Mark, ...]

    @property
    def count(self) -> int:
        """Count the claims that are drawn."""
        return sum(len(mark.dates) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Figure:
    """A timeline from its first to its last day; ticks of the New Style stand above, of the Old below."""

    first: int
    last: int
    height: float
    top: float
    base: float
    daily: bool
    yearly: bool
    grid: tuple[float, ...]
    new: tuple[Tick, ...]
    old: tuple[Tick, ...]
    folds: tuple[Fold, ...]
    lanes: tuple[Lane, ...]
    numbered: bool
    left_out: int

    @property
    def count(self) -> int:
        """Count the claims that are drawn."""
        return sum(lane.count for lane in self.lanes)


@dataclass(slots=True)
class _Room:
    """The room of a lane: the rectangles taken of it."""

    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def put(self, slots: Sequence[float], width: float, height: float) -> tuple[float, float]:
        """Take the highest free place in one of some slots; gives its position."""
        levels = sorted({0.0, *(bottom for _, _, _, bottom in self.taken)})
        for y in levels:
            for x in slots:
                if all(x + width <= a or b <= x or y + height <= c or d <= y for a, b, c, d in self.taken):
                    self.taken.append((x, x + width + _SPACE, y, y + height + _SPACE))
                    return x, y
        raise AssertionError("below everything there is room")

    @property
    def height(self) -> float:
        """Give how deep it is taken."""
        return max((bottom for _, _, _, bottom in self.taken), default=0.0)


def draw_timelines(dates: Sequence[Dated], texts: Sequence[Text]) -> list[Figure]:
    """Lay out the whole span, folded where nothing is dated, and the weeks in which most is."""
    if not dates:
        return []
    whole = _fold_years(dates)
    windows = [Axis(a, b, (a, b), (GUTTER, RIGHT)) for a, b in find_windows(dates)]
    return [_draw(axis, dates, texts) for axis in [whole, *windows]]


def find_windows(dates: Iterable[Dated]) -> list[tuple[int, int]]:
    """Find the stretches of days in which most claims are dated: of months, then of fortnights in order.

    Each is from its first day to the one after its last. Only claims dated more closely than the
    stretch is long count for it, and stretches of one length do not overlap.
    """
    told = list(dates)
    found: list[tuple[int, int]] = []
    for length, most in _WINDOWS:
        days = Counter(d.earliest for d in told if d.latest - d.earliest < length // 2)
        found += sorted(_choose(days, length, most))
    return found


def _choose(days: Counter[int], length: int, most: int) -> list[tuple[int, int]]:
    chosen: list[tuple[int, int]] = []
    while len(chosen) < most:
        free = [day for day in days if all(day + length <= a or b <= day for a, b in chosen)]
        counts = {day: sum(days[other] for other in days if day <= other < day + length) for day in free}
        best = min(counts, key=lambda day: (-counts[day], day), default=None)
        if best is None or counts[best] < _FEWEST:
            break
        chosen.append((best, best + length))
    return chosen


def _fold_years(dates: Iterable[Dated]) -> Axis:
    """Give a scale on which a year has room for what is dated in it, and empty years are folded."""
    told = list(dates)
    years = Counter(_year(d.earliest) for d in told) + Counter({_year(d.latest): 1 for d in told})
    ordered = sorted(years)
    gaps = [later - year - 1 for year, later in pairwise(ordered)]
    weights = [3 + years[year] ** 0.9 for year in ordered]
    room = _PLOT - _FOLD * sum(gap > 0 for gap in gaps)
    days, places, folds = [_new_year(ordered[0])], [GUTTER], []
    for year, weight, gap in zip(ordered, weights, [*gaps, 0], strict=True):
        days.append(_new_year(year + 1))
        places.append(places[-1] + room * weight / sum(weights))
        if gap:
            days.append(_new_year(year + 1 + gap))
            folds.append(Fold(places[-1], gap, days[-2], days[-1]))
            places.append(places[-1] + _FOLD)
    return Axis(days[0], days[-1], tuple(days), tuple(places), tuple(folds))


def _year(day: int) -> int:
    return from_number(day, GREGORIAN).year


def _new_year(year: int) -> int:
    return to_number(Day(year, 1, 1), GREGORIAN)


def _draw(axis: Axis, dates: Sequence[Dated], texts: Sequence[Text]) -> Figure:
    """Lay out one figure; a claim dated only to more than thrice its span, or outside of it, is left out."""
    length = axis.last - axis.first
    near = [d for d in dates if d.latest >= axis.first and d.earliest < axis.last]
    drawn = [d for d in near if d.latest - d.earliest <= 3 * length]
    numbered = not axis.folds and _PLOT / length >= _NUMBERED
    lanes = tuple(_draw_lanes(axis, drawn, texts, numbered))
    new, old = (_list_ticks(axis, calendar) for calendar in (GREGORIAN, JULIAN))
    base = lanes[-1].y + lanes[-1].height
    return Figure(
        first=axis.first,
        last=axis.last - 1,
        height=base + _TOP,
        top=_TOP,
        base=base,
        daily=length <= _DAILY and not axis.folds,
        yearly=_is_yearly(axis),
        grid=_list_lines(axis, new),
        new=new,
        old=old,
        folds=axis.folds,
        lanes=lanes,
        numbered=numbered,
        left_out=len(near) - len(drawn),
    )


def _list_lines(axis: Axis, ticks: Iterable[Tick]) -> tuple[float, ...]:
    """List where thin lines cross the lanes: between days, or where months or years begin."""
    if _is_yearly(axis) or axis.last - axis.first > _DAILY:
        return tuple(tick.x for tick in ticks)
    return tuple(map(axis.place, range(axis.first + 1, axis.last)))


def _draw_lanes(axis: Axis, dates: Sequence[Dated], texts: Iterable[Text], numbered: bool) -> Iterable[Lane]:
    """Lay out the lanes one under the other, of those texts that have something to show."""
    y = _TOP
    for text in texts:
        own = [d for d in dates if d.claim.text == text.reference]
        if own:
            lane = _draw_lane(axis, text, own, y, numbered)
            yield lane
            y += lane.height


def _draw_lane(axis: Axis, text: Text, dates: Sequence[Dated], y: float, numbered: bool) -> Lane:
    room = _Room()
    placed = [_put(axis, room, group, numbered) for group in _group(dates, numbered)]
    lines = tuple(wrap(f"{text.short} {text.label}", 24, 3))
    whole = max(room.height + 10, 14.0 * len(lines) + 8)
    top = y + (whole - room.height) / 2
    marks = [replace(mark, y=top + mark.y) for mark in sorted(placed, key=lambda mark: mark.dates[0].number)]
    return Lane(text, lines, y, whole, tuple(marks))


def _put(axis: Axis, room: _Room, dates: tuple[Dated, ...], numbered: bool) -> Mark:
    """Put a mark where there is room for it; claims of one day may stand beside each other."""
    first = dates[0]
    x, width = _reach(axis, first, _NUMBERED - 1 if numbered else 5.0)
    slots = [x]
    if numbered and first.earliest == first.latest:
        slots, width = _list_slots(x, width), _NUMBERED - 1
    height = 13.0 if numbered else 4.0 + 2.0 * len(dates)
    place = room.put(slots, width, height)
    return Mark(dates, *place, width, height, first.earliest < axis.first, first.latest >= axis.last)


def _group(dates: Iterable[Dated], numbered: bool) -> list[tuple[Dated, ...]]:
    """Put together claims that look alike, unless each bears its number; the longest dates first, then the fewest."""
    groups: dict[tuple[object, ...], list[Dated]] = defaultdict(list)
    for dated in dates:
        alike = (dated.claim.told["gregorian"], dated.claim.told["standing"], bool(dated.disputed))
        groups[(dated.number,) if numbered else alike].append(dated)
    return sorted(
        map(tuple, groups.values()), key=lambda g: (g[0].earliest - g[0].latest, len(g), g[0].earliest, g[0].number)
    )


def _reach(axis: Axis, dated: Dated, least: float) -> tuple[float, float]:
    """Give where a claim begins and how long it is, not beyond the figure and wide enough to be seen."""
    start, end = axis.place(dated.earliest), axis.place(dated.latest + 1)
    width = max(end - start, least)
    return min(start, RIGHT - width), width


def _list_slots(x: float, width: float) -> list[float]:
    """List where within a day marks of one day can stand beside each other."""
    count = max(1, int(width // (_NUMBERED + 1)))
    step = width / count
    return [x + (step - _NUMBERED + 1) / 2 + at * step for at in range(count)]


def _is_yearly(axis: Axis) -> bool:
    return bool(axis.folds) or axis.last - axis.first > _MONTHLY


def _list_ticks(axis: Axis, calendar: str) -> tuple[Tick, ...]:
    if _is_yearly(axis):
        return _list_years(axis, calendar)
    if axis.last - axis.first > _DAILY:
        return tuple(_list_months(axis, calendar))
    return tuple(_list_days(axis, calendar))


def _list_years(axis: Axis, calendar: str) -> tuple[Tick, ...]:
    """List the beginnings of years, those with most room first, as long as their labels do not touch."""
    first, last = (from_number(day, calendar).year for day in (axis.first, axis.last))
    starts = [to_number(Day(year, 1, 1), calendar) for year in range(first, last + 1)]
    folded = [day for day in starts if any(fold.first <= day < fold.last for fold in axis.folds)]
    shown = [day for day in starts if axis.first <= day < axis.last and day not in folded]
    shown.sort(key=lambda day: (axis.place(day) - axis.place(day + 365), day))
    ticks: list[Tick] = []
    for day in shown:
        x = axis.place(day)
        if all(abs(x - tick.x) >= _LABEL for tick in ticks):
            ticks.append(Tick(x, str(from_number(day, calendar).year), major=True))
    return tuple(sorted(ticks, key=lambda tick: tick.x))


def _list_months(axis: Axis, calendar: str) -> Iterable[Tick]:
    """List the beginnings of months, or of every third where labels would touch."""
    step = 1 if 28 * _PLOT / (axis.last - axis.first) >= _MONTH else 3
    day = from_number(axis.first, calendar)
    first = day.year * 12 + day.month - 1
    for month in range(first, first + (axis.last - axis.first) // 28 + 2):
        start = to_number(Day(month // 12, month % 12 + 1, 1), calendar)
        if axis.first <= start < axis.last and month % step == 0:
            yield Tick(axis.place(start), f"{MONTHS[month % 12][:3]} {month // 12}", major=True)


def _list_days(axis: Axis, calendar: str) -> Iterable[Tick]:
    """List every day by its number; the first of the figure and of a month also by its month."""
    for number in range(axis.first, axis.last):
        day = from_number(number, calendar)
        x = axis.place(number)
        if number == axis.first or day.day == 1:
            yield Tick(x, f"{MONTHS[day.month - 1][:3]} {day.year}", major=True)
        yield Tick((x + axis.place(number + 1)) / 2, str(day.day), major=False)
