import pytest

from ippoolkit.calico.selectors import SelectorError, parse_selector


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a = 'b'", 2),
        ("a == 'b", 5),
        ("a == 'b' x", 9),
        ("(a == 'b'", 9),
        ("", None),
        ("a == 'b' && ", 12),
        ("has(x", 5),
    ],
)
def test_tells_where_reading_stopped(text, position):
    if position is None:
        assert parse_selector(text).matches({})
        return
    with pytest.raises(SelectorError) as error:
        parse_selector(text)
    assert error.value.position == position


def test_an_absent_label_matches_its_negations_only():
    assert parse_selector("a != 'b'").matches({})
    assert parse_selector("a not in {'b'}").matches({})
    assert not parse_selector("a == 'b'").matches({})
    assert not parse_selector("a contains ''").matches({})


def test_five_thousand_parentheses_are_fine():
    deep = "(" * 5000 + "a == 'b'" + ")" * 5000
    assert parse_selector(deep).matches({"a": "b"})
    assert str(parse_selector("!" + deep)) == '!a == "b"'


def test_evaluates_many_at_once_as_one_by_one():
    selector = parse_selector('zone in {"a", "b"} && has(rack) || !has(zone)')
    labels = [{"zone": z, "rack": "1"} for z in "abc"] + [{"zone": "a"}, {}, {"rack": "2"}] * 3
    assert selector.match_many(labels) == [selector.matches(label_set) for label_set in labels]


def test_prints_canonically():
    assert str(parse_selector("b=='1'||a in {'y','x','x'}&&!has(c)")) == '(b == "1" || (a in {"x", "y"} && !has(c)))'


def test_reasons_are_in_the_readers_language():
    from ippoolkit.findings import Finding

    for text in ("a ==", "a ==='b'", "'x", "has(", "a in b", "(a == 'b'", "!!", "a == 'b' c"):
        with pytest.raises(SelectorError) as error:
            parse_selector(text)
        numbers = {"field": "nodeSelector", "selector": text, "reason": error.value.reason, "position": 1}
        finding = Finding("selector-syntax", params=numbers)
        assert str(error.value).partition(" at character")[0] in finding.message()
        reason = finding.as_dict("zh")["numbers"]["reason"]
        assert any("\u4e00" <= char <= "\u9fff" for char in reason)
        assert reason in finding.message("zh")
        assert "{" not in reason.replace("{", "", text.count("{"))
