"""YAML and JSON texts to documents."""

import pytest

from ippoolkit.errors import InputError
from ippoolkit.read.json_text import read_json
from ippoolkit.read.yaml_text import read_yaml


def value(text):
    (document,) = read_yaml(text, "f.yaml")
    return document.value


def problems(text, read=read_yaml):
    with pytest.raises(InputError) as error:
        read(text, "f")
    return [(problem.code, problem.place.line) for problem in error.value.problems]


def test_every_path_has_its_line():
    (document,) = read_yaml("a:\n  - b: 1\n    c:\n      d: 2\n  - e\nf: {g: 3}\n", "f.yaml")
    assert document.value == {"a": [{"b": 1, "c": {"d": 2}}, "e"], "f": {"g": 3}}
    lines = {("a",): 1, ("a", 0): 2, ("a", 0, "c"): 3, ("a", 0, "c", "d"): 4, ("a", 1): 5, ("f", "g"): 6}
    assert {path: document.line_of(path) for path in lines} == lines
    assert document.line_of(("f", "missing")) == 6


def test_several_documents_keep_their_order():
    assert [document.value for document in read_yaml("---\na: 1\n---\nb: 2\n", "f")] == [{"a": 1}, {"b": 2}]


def test_all_duplicate_keys_are_told_at_once():
    assert problems("a: 1\nb: 2\na: 3\nb: 4\n") == [("yaml-duplicate", 3), ("yaml-duplicate", 4)]


def test_keys_become_texts_as_go_prints_them():
    assert value("1: a\ntrue: b\n") == {"1": "a", "true": "b"}


def test_anchors_and_merges_are_written_out():
    assert value("a: &x {p: 1}\nb: *x\nc: {<<: *x, q: 2}\n") == {"a": {"p": 1}, "b": {"p": 1}, "c": {"p": 1, "q": 2}}


def test_what_stands_beside_a_merge_wins_over_it_and_is_no_duplicate():
    assert value("a: &x {p: 1, q: 3}\nc: {<<: *x, p: 2}\n")["c"] == {"p": 2, "q": 3}


def test_aliases_that_explode_are_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    assert problems("\n".join(lines))[0][0] == "yaml-bomb"


def test_many_aliases_of_one_small_value_are_no_bomb():
    text = "a: &a {x: 1, y: 2}\nb:\n" + "- *a\n" * 5000
    assert len(value(text)["b"]) == 5000


def test_an_alias_inside_its_own_anchor_is_refused():
    assert problems("a: &a [*a]\n") == [("yaml-alias-itself", 1)]


def test_deep_nesting_is_refused_not_crashed_on():
    assert problems("[" * 200_000)[0][0] == "too-deep"
    assert problems("[" * 200_000, read_json)[0][0] == "too-deep"


def test_a_tab_is_told_with_its_line():
    assert problems("a:\n\tb: 1\n") == [("yaml-syntax", 2)]


def test_a_control_character_is_told_with_its_line():
    assert problems("a: 1\nb: \x01\n") == [("yaml-syntax", 2)]


def test_an_unknown_tag_is_noted_and_leaves_the_text_behind_it():
    (document,) = read_yaml("spec:\n  nodeSelector: !has(x)\n", "f.yaml")
    assert document.value == {"spec": {"nodeSelector": ""}}
    (note,) = document.notes
    assert note.code == "yaml-tag"
    assert str(note.place) == "f.yaml:2: spec.nodeSelector"


def test_standard_tags_hold():
    assert value("a: !!str 26\nb: !!int '26'\n") == {"a": "26", "b": 26}


def test_a_list_as_a_key_is_refused():
    assert problems("? [a]\n: b\n") == [("yaml-key", 1)]


def test_json_paths_have_lines():
    (document,) = read_json('{\n "a": [1,\n  {"b":\n 5}],\n "c": {}}', "f.json")
    lines = {("a",): 2, ("a", 0): 2, ("a", 1): 3, ("a", 1, "b"): 3, ("c",): 5, ("c", "missing"): 5}
    assert {path: document.line_of(path) for path in lines} == lines


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1', "json-syntax"),
        ("{'a': 1}", "json-syntax"),
        ('{"a": NaN}', "json-syntax"),
        ("9" * 5000, "json-syntax"),
        ('{"a": 1} x', "json-syntax"),
        ('{"a": 1, "a": 2}', "yaml-duplicate"),
        ('{"a": "\\ud800"}', "json-syntax"),
    ],
)
def test_broken_json_is_told(text, code):
    assert problems(text, read_json)[0][0] == code


def test_json_duplicates_are_told_with_both_lines():
    with pytest.raises(InputError) as error:
        read_json('{"x": [{"a": 1,\n"a": 2}]}', "f.json")
    assert str(error.value) == 'f.json:2: The key "a" appears twice, first on line 1. Keep one of them.'
