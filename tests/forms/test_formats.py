"""Numbers and codes: check characters, real dates, and the names of divisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import formats, regions


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("id-card", "11010519491231002X"),
        ("id-card", "360426199101010071"),
        ("credit-code", "91110000600037341L"),
        ("phone", "13800001234"),
        ("plate", "浙A12345"),
        ("plate", "浙AD12345"),
        ("plate", "浙A1234警"),
        ("email", "name.surname@data.example.cn"),
        ("region", "330100"),
        ("region", "110103"),
        ("date", "2024-02-29"),
        ("datetime", "2026-12-01T09:00"),
    ],
)
def test_a_real_one_passes(kind: formats.Kind, value: str) -> None:
    """A retired division code is no mistake: older documents carry it."""
    assert formats.problem(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("id-card", "110105194912310021"),
        ("id-card", "11010519491331002X"),
        ("id-card", "1101051949123100"),
        ("id-card", "１１０１０５１９４９１２３１００２X"),
        ("credit-code", "91110000600037341M"),
        ("credit-code", "9111000060003734"),
        ("credit-code", "91110000600037341I"),
        ("phone", "12800001234"),
        ("plate", "浙I12345X9"),
        ("email", "a@b"),
        ("email", "a b@c.cn"),
        ("region", "999999"),
        ("date", "2026-2-1"),
        ("date", "2026-02-30"),
        ("datetime", "2026-12-01T24:01"),
    ],
)
def test_a_wrong_one_is_said_in_both_languages(kind: formats.Kind, value: str) -> None:
    found = formats.problem(kind, value)
    assert found
    assert found["zh"]
    assert found["en"]


@given(st.sampled_from(["phone", "id-card", "credit-code", "plate", "email", "region", "date", "datetime", "text"]), st.text(max_size=24))
def test_any_text_is_judged_the_same_once_normalised(kind: formats.Kind, text: str) -> None:
    """Normalising twice is normalising once, and judging never raises."""
    once = formats.normalise(kind, text)
    assert formats.normalise(kind, once) == once
    formats.problem(kind, once)


def test_a_division_has_its_whole_name() -> None:
    """Without the levels that say nothing, and its code where it never was one."""
    assert regions.name("320102") == "江苏省 · 南京市 · 玄武区"
    assert regions.name("330100") == "浙江省 · 杭州市"
    assert regions.name("310115") == "上海市 · 浦东新区"
    assert regions.name("429004") == "湖北省 · 仙桃市"
    assert regions.name("000000") == "000000"


def test_divisions_unfold_level_by_level() -> None:
    """Thirty-four at the top; a municipality has its districts at once; no name twice."""
    assert len(regions.provinces()) == 34
    assert regions.Region("330100", "杭州市") in regions.children("330000")
    assert regions.Region("330106", "西湖区") in regions.children("330100")
    assert regions.Region("110101", "东城区") in regions.children("110000")
    assert regions.Region("429004", "仙桃市") in regions.children("420000")
    assert regions.children("330106") == []
    for province in regions.provinces():
        below = [child.name for child in regions.children(province.code)]
        assert len(below) == len(set(below))
