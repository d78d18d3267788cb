import pytest

from ippoolkit.selectors import SelectorError, parse


@pytest.mark.parametrize(
    ("text", "position"),
    [("a = 'b'", 2), ("a == 'b", 5), ("a == 'b' x", 9), ("(a == 'b'", 9), ("", None), ("a == 'b' && ", 12), ("has(x", 5)],
)  # fmt: skip
def test_tells_where_reading_stopped(text, position):
    if position is None:
        assert parse(text).matches({})
        return
    with pytest.raises(SelectorError) as error:
        parse(text)
    assert error.value.position == position


def test_an_absent_label_matches_its_negations_only():
    assert parse("a != 'b'").matches({})
    assert parse("a not in {'b'}").matches({})
    assert not parse("a == 'b'").matches({})
    assert not parse("a contains ''").matches({})


def test_five_thousand_parentheses_are_fine():
    deep = "(" * 5000 + "a == 'b'" + ")" * 5000
    assert parse(deep).matches({"a": "b"})
    assert str(parse("!" + deep)) == '!a == "b"'


def test_evaluates_many_at_once_as_one_by_one():
    selector = parse('zone in {"a", "b"} && has(rack) || !has(zone)')
    labels = [{"zone": z, "rack": "1"} for z in "abc"] + [{"zone": "a"}, {}, {"rack": "2"}] * 3
    assert selector.matches_each(labels) == [selector.matches(each) for each in labels]


def test_prints_canonically():
    assert str(parse("b=='1'||a in {'y','x','x'}&&!has(c)")) == '(b == "1" || (a in {"x", "y"} && !has(c)))'


def test_reasons_are_in_the_readers_language():
    from ippoolkit.findings import Finding

    for text in ("a ==", "a ==='b'", "'x", "has(", "a in b", "(a == 'b'", "!!", "a == 'b' c"):
        with pytest.raises(SelectorError) as error:
            parse(text)
        numbers = {"field": "nodeSelector", "selector": text, "reason": error.value.reason, "position": 1}
        finding = Finding("selector-syntax", numbers=numbers)
        assert str(error.value).partition(" at character")[0] in finding.sentence()
        said = finding.as_dict("zh")["numbers"]["reason"]
        assert any("\u4e00" <= char <= "\u9fff" for char in said)
        assert said in finding.sentence("zh")
        assert "{" not in said.replace("{", "", text.count("{"))
