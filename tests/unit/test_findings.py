from ippoolkit.errors import InputError, describe_finding
from ippoolkit.findings import RULES, SOURCES, Finding, Place, Severity, get_language, sort_by_severity


def test_a_finding_says_number_source_and_remedy():
    finding = Finding("block-cap", "IPv4", {"need": 28, "cap": 20, "first": 80})
    assert finding.message() == "The busiest node needs 28 blocks but may hold only 20: its pod 80 gets no address."
    assert finding.short_message() == "busiest node needs 28 blocks, limit 20"
    assert finding.remedy().startswith("Make the blocks larger")
    assert finding.source.url.startswith("https://")
    assert finding.severity is Severity.ERROR


def test_it_says_so_in_chinese_too():
    finding = Finding("block-cap", "IPv4", {"need": 28, "cap": 20, "first": 80})
    assert finding.message("zh") == "最忙的节点需要 28 个块，上限为 20：其第 80 个 Pod 分不到地址。"


def test_as_data_the_numbers_stay_exact():
    data = Finding("holds", "IPv6", {"nodes": 1, "pods": 1, "most": 2**122}).as_dict()
    assert data["numbers"]["most"] == 2**122
    assert data["severity"] == "ok"
    assert "file" not in data


def test_numbers_read_well():
    english = get_language("en")
    assert english.format_count("block", 1) == "1 block"
    assert english.format_count("block", 0) == "0 blocks"
    assert english.format_count("address", 16384) == "16,384 addresses"
    assert english.format_number(-6) == "−6"
    assert english.format_number(2**122) == "2^122"
    assert english.format_number(10**15 + 1) == "1.00\u00a0×\u00a010^15"
    assert english.format_number(999_999_999_999_999) == "999,999,999,999,999"
    assert english.format_number(value=True) == "True"


def test_the_most_severe_come_first_and_order_is_kept():
    findings = [
        Finding("holds"),
        Finding("list-empty"),
        Finding("blocks-short"),
        Finding("no-pool"),
        Finding("borrowing"),
    ]
    assert [finding.code for finding in sort_by_severity(findings)] == [
        "blocks-short",
        "no-pool",
        "borrowing",
        "list-empty",
        "holds",
    ]


def test_an_error_lists_all_its_problems():
    first = Finding("file-missing", place=Place("a.yaml"))
    second = Finding(
        "cidr-host-bits", params={"cidr": "10.1.0.0/8", "network": "10.0.0.0/8"}, place=Place("b", 3, "spec.cidr")
    )
    assert str(InputError([first, second])) == (
        "a.yaml: The file does not exist. Check the path.\n"
        "b:3: spec.cidr: 10.1.0.0/8 has host bits set. Write 10.0.0.0/8."
    )
    assert describe_finding(first, "zh") == "a.yaml: 没有这个文件。 请检查路径。"


def test_every_rule_has_a_source_and_a_severity():
    for rule in RULES.values():
        assert rule.source_key in SOURCES
        assert Severity(rule.severity)
        assert rule.message


def test_a_text_too_long_to_be_read_is_cut_where_people_read_it_alone():
    selector = " || ".join(f"rack == 'r{number}'" for number in range(1000))
    finding = Finding("pool-selects-none", "IPPool/a", {"field": "nodeSelector", "selector": selector})
    assert len(finding.message()) < 1200
    assert f"({len(selector):,} characters)" in finding.message()
    assert f"{len(selector):,} 个字符" in finding.message("zh")
    assert finding.as_dict()["numbers"]["selector"] == selector
