"""Numbers are read with their bounds, and what is no number is refused in words."""

from decimal import Decimal

import pytest

from kg.quantities import Quantity, QuantityError, read_quantity


@pytest.mark.parametrize(
    ("text", "minimum", "maximum", "exact"),
    [
        ("650", "650", "650", True),
        ("0", "0", "0", True),
        ("-3", "-3", "-3", True),
        ("0.75", "0.75", "0.75", True),
        ("0.000000001", "0.000000001", "0.000000001", True),
        ("~300", "300", "300", False),
        ("300/500", "300", "500", False),
        ("~300/500", "300", "500", False),
        ("300/300", "300", "300", True),
        ("-5/-3", "-5", "-3", False),
        ("999999999999999999", "999999999999999999", "999999999999999999", True),
    ],
)
def test_a_number_has_its_bounds(text: str, minimum: str, maximum: str, exact: bool) -> None:
    assert read_quantity(text) == Quantity(text, Decimal(minimum), Decimal(maximum), exact)


def test_an_open_interval_has_one_bound() -> None:
    assert read_quantity("40000/..") == Quantity("40000/..", Decimal(40000), None, False)
    assert read_quantity("../0.25") == Quantity("../0.25", None, Decimal("0.25"), False)


@pytest.mark.parametrize(
    "text",
    [
        *("", "~", "/", "..", "650 ", " 650", "six", "0650", "1,000", "1.", ".5", "+5", "1e3", "NaN", "Infinity"),
        *(
            "300/",
            "/500",
            "1/2/3",
            "300-500",
            "~~3",
            "300/~500",
            "٣",
            "½",
            "1\n",
            "9999999999999999999",
            "0.0000000001",
        ),
    ],
)
def test_what_is_no_number_is_refused_with_examples_of_what_is(text: str) -> None:
    with pytest.raises(QuantityError, match=r"is not a number; write it as 650, 0\.75, ~300") as refused:
        read_quantity(text)
    assert repr(text) in str(refused.value)


def test_an_interval_without_either_bound_is_refused() -> None:
    with pytest.raises(QuantityError, match="neither a lower nor an upper bound"):
        read_quantity("../..")


@pytest.mark.parametrize("text", ["500/300", "-3/-5", "0.2/0.1"])
def test_an_interval_that_ends_below_its_start_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="ends below its start"):
        read_quantity(text)
