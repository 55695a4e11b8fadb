"""Opening hours are read as written; what is not understood is unknown, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.opening_settings import openings_of
from etl.readers.hours import read_hours
from etl.section import Section
from geo.errors import SettingsError
from geo.openings import DAYS, EVENING, WEEKEND, is_open, merged, window_text

NINE_TO_FIVE = ((540, 1020),)
SPLIT = ((510, 720), (870, 1050))
ALL_DAY = ((0, 1440),)
SHUT = ()


def week(*days: object) -> tuple[object, ...]:
    """Give Monday to Friday, Saturday and Sunday from three entries."""
    workday, saturday, sunday = days
    return (*[workday] * 5, saturday, sunday)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24小时", week(ALL_DAY, ALL_DAY, ALL_DAY)),
        ("全天", week(ALL_DAY, ALL_DAY, ALL_DAY)),
        ("24/7", week(ALL_DAY, ALL_DAY, ALL_DAY)),
        ("Open 24 hours", week(ALL_DAY, ALL_DAY, ALL_DAY)),
        ("每天9:00-17:00", week(NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE)),
        ("开放时间：每日９：００～１７：００", week(NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE)),
        ("周一至周日 09:00至17:00", week(NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE)),
        ("全年无休 9:00-17:00", week(NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE)),
        ("周一至周五 8:30-12:00、14:30-17:30", week(SPLIT, SHUT, SHUT)),
        ("工作日上午8:30-12:00，下午2:30-5:30", week(SPLIT, SHUT, SHUT)),
        ("周一至五 上午8点半到12点；下午2点半到5点半", week(SPLIT, SHUT, SHUT)),
        ("星期一至星期五：9:00-17:00", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("周1至周5 9:00-17:00", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("9:00-17:00（周一至周五）", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("9:00-17:00，周六日休息", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("9:00-17:00 周末除外", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("除周末外 9:00-17:00", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("9:00-17:00，双休日及法定节假日休息", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("周末 9:00-17:00", week(SHUT, NINE_TO_FIVE, NINE_TO_FIVE)),
        ("9:00-17:00，周日8:30-12:00", week(NINE_TO_FIVE, NINE_TO_FIVE, ((510, 720),))),
        ("Mo-Fr 09:00-17:00", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("Mo-Fr 09:00-17:00; Sa 08:30-12:00", week(NINE_TO_FIVE, ((510, 720),), SHUT)),
        ("Mo-Fr 09:00-17:00; Sa,Su 08:30-12:00,14:30-17:30", week(NINE_TO_FIVE, SPLIT, SPLIT)),
        ("Mo-Su 09:00-17:00; PH off", week(NINE_TO_FIVE, NINE_TO_FIVE, NINE_TO_FIVE)),
        ("Mo-Su 09:00-17:00; Su off", week(NINE_TO_FIVE, NINE_TO_FIVE, SHUT)),
        ("Mon-Fri 9:00 AM - 5:00 PM", week(NINE_TO_FIVE, SHUT, SHUT)),
        ("off", week(SHUT, SHUT, SHUT)),
        ("每天 18:00-次日2:00", week(*[((0, 120), (1080, 1440))] * 3)),
        ("每天 18:00-2:00", week(*[((0, 120), (1080, 1440))] * 3)),
        ("周末休息", week(None, SHUT, SHUT)),
        ("9:00-17:00", week(NINE_TO_FIVE, None, None)),
        ("9:00-17:00 节假日除外", week(NINE_TO_FIVE, None, None)),
        ("周一至周五9:00-17:00，节假日除外", week(NINE_TO_FIVE, None, None)),
        ("9am-5pm", week(NINE_TO_FIVE, None, None)),
        ("9-17点", week(NINE_TO_FIVE, None, None)),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, expected: tuple[object, ...]) -> None:
    hours = read_hours(text)
    assert hours is not None
    assert hours.week == expected


def test_single_days_and_runs_over_the_weekend_are_read() -> None:
    some = read_hours("周一、三、五 9:00-17:00")
    round_it = read_hours("Sa-Mo 09:00-17:00")
    closed_monday = read_hours("周二至周日9:00-17:00（周一闭馆）")
    assert some is not None
    assert [day for day in range(7) if some.week[day]] == [0, 2, 4]
    assert round_it is not None
    assert [day for day in range(7) if round_it.week[day]] == [0, 5, 6]
    assert closed_monday is not None
    assert [day for day in range(7) if closed_monday.week[day]] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "text",
    [
        *("", "不定时", "营业中", "详询", "夏季8:00-20:00，冬季8:30-17:30", "8:00-20:00（午休）"),
        *("24小时急诊", "8:00起", "20:00+", "sunrise-sunset", "Jan-Mar 08:00-12:00"),
        *("5月1日-10月31日 8:00-18:00", "10.01-10.07", "0501-1031", "3-8:00", "25:00-26:00"),
        *("8:75-9:00", "8:3-9:00", "7:00-7:00", "8:30-5:30", "8:30-12:00, 2:30-5:30"),
        *("下午2:30-5:30,6:00-8:00", "凌晨12点至5点", "上午", "周一", "周一/周二 8:00-12:00"),
        *("Mo-Fr 08:00-12:00; 14:00-18:00", "周六上午", "8:00-20:00 周末延长", "8:00-20:00" * 30),
    ],
)
def test_what_is_not_understood_is_not_known(text: str) -> None:
    assert read_hours(text) is None


def test_hours_without_days_hold_at_the_weekend_only_where_the_city_says_so() -> None:
    hours, daily = read_hours("9:00-17:00"), read_hours("9:00-17:00", is_daily=True)
    assert hours is not None
    assert daily is not None
    assert not hours.names_days
    assert (hours.week[5], daily.week[5]) == (None, NINE_TO_FIVE)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    hours = read_hours(text)
    assert hours is None or len(hours.week) == 7


_PIECES = st.sampled_from(
    [
        *(
            "周一至周五",
            "周六日",
            "每天",
            "工作日",
            "周末",
            "Mo-Fr",
            "Sa",
            "Su",
            "PH",
            "节假日",
            "除外",
        ),
        *(
            "休息",
            "off",
            "8:00-12:00",
            "14:00-17:30",
            "18:00-次日2:00",
            "24小时",
            "；",
            "，",
            "、",
            " ",
        ),
        *("(", ")", "上午", "下午2点-5点", "法定节假日", "无休", "除", "外", "24/7", "9-12点"),
    ]
)


@given(st.lists(_PIECES, max_size=9))
def test_what_is_read_is_in_order_and_within_a_day(pieces: list[str]) -> None:
    hours = read_hours("".join(pieces))
    for day in hours.week if hours else ():
        assert day is None or day == merged(day)
        assert all(0 <= low < high <= 1440 for low, high in day or ())


_MINUTES = st.integers(0, 1439)


@given(_MINUTES, st.integers(1, 720), st.sampled_from(["周一至周五", "Mo-Fr"]))
def test_a_clock_is_read_to_the_minute(start: int, length: int, days: str) -> None:
    end = min(start + length, 1440)
    text = f"{days} {start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
    hours = read_hours(text)
    assert hours is not None
    assert hours.week[2] == ((start, end),)
    assert hours.week[6] == ()


def test_open_means_all_of_the_window_on_all_of_the_days() -> None:
    evening, weekend = DAYS["evening"], DAYS["weekend"]
    late, early = ((480, 1260),), ((480, 1259),)
    assert is_open([late] * 5 + [None, None], evening, EVENING) is True
    assert is_open([late] * 4 + [early, None, None], evening, EVENING) is False
    assert is_open([late] * 4 + [None, None, None], evening, EVENING) is None
    assert is_open([early] + [None] * 6, evening, EVENING) is False
    assert is_open([()] * 5 + [((570, 690), (870, 990))] * 2, weekend, WEEKEND) is True
    assert is_open([late] * 6 + [()], weekend, WEEKEND) is False


def test_the_city_says_what_evening_and_weekend_are() -> None:
    given_ = {"evening": "18:30-20:30", "weekend": "9:00-12:00, 14:00-17:00"}
    found = openings_of(Section("city.toml", "[openings]", given_ | {"days_unnamed": "daily"}))
    assert found.evening == ((1110, 1230),)
    assert window_text(found.weekend) == "09:00-12:00, 14:00-17:00"
    assert found.is_daily


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"evenings": "19:00-21:00"}, "evening"),
        ({"evening": "21:00-19:00"}, 'hours of one day, as evening = "19:00-21:00"'),
        ({"weekend": "9:00-12:00,"}, "hours of one day"),
        ({"weekend": "9:00-12:75"}, "hours of one day"),
        ({"days_unnamed": "weekdays"}, "unknown or daily"),
    ],
)
def test_a_definition_that_is_none_is_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        openings_of(Section("city.toml", "[openings]", values))
