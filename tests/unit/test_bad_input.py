"""Bad files end in one clear error with every problem, its file, line and field."""

import gzip
import io
import tarfile
import time
import weakref
import zipfile

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.read import input_files
from ippoolkit.read.pastes import is_command_line
from tests.helpers import ROOT, run_command


@pytest.fixture
def problems(tmp_path):
    def read(text, name="f.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(InputError) as error:
            ipk.load(path)
        return [(p.code, p.place.line, p.place.field) for p in error.value.problems]

    return read


def codes(located):
    return [code for code, _, _ in located]


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError) as error:
        ipk.load(tmp_path / "nope.yaml")
    assert str(error.value) == f"{tmp_path / 'nope.yaml'}: The file does not exist. Check the path."


def test_a_folder_with_nothing_to_read_in_it(tmp_path):
    with pytest.raises(InputError, match="contains no IP pool"):
        ipk.load(tmp_path)


@pytest.mark.parametrize("text", ["", "\n", "  \n\t\n"])
def test_an_empty_file(problems, text):
    assert codes(problems(text)) == ["file-empty"]


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00\x00", b"a: \xff\xfe"])
def test_a_binary_file(problems, data):
    assert codes(problems(data)) == ["file-binary"]


def test_utf16_as_a_windows_shell_writes_it_is_read(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes("version: 1\ncluster: {pools: [{name: p, cidr: 10.0.0.0/16}]}\n".encode("utf-16"))
    assert ipk.load(path).cluster.pools[0].name == "p"


def test_fifty_megabytes_of_nonsense_are_refused_quickly(problems):
    start = time.process_time()
    assert codes(problems("nonsense " * 6_000_000)) == ["file-large-text"]
    assert codes(problems("nonsense " * 3_000_000)) == ["file-large-yaml"]
    assert codes(problems("[" * 10_000_000, "f.json")) == ["too-deep"]
    assert codes(problems("[" * 20_000_000, "f.json")) == ["file-large-text"]
    assert codes(problems("{" + "x" * 10_000_000))[0] == "json-syntax"
    assert codes(problems("a\n" * 1_000_001)) == ["file-lines"]
    assert codes(problems("{a: [" + "1," * 2_000_000 + "1]}")) == ["json-syntax"]
    assert codes(problems('{"kind": "PodList", "items": [' + "{}," * 100_000 + "{}]}"))[-1] == "problems-many"
    assert time.process_time() - start < 60


POD_LIST = '{"kind": "PodList", "apiVersion": "v1", "items": [%s]}'
BLOCK = """{"kind": "IPAMBlockList", "apiVersion": "crd.projectcalico.org/v1", "items": [
{"metadata": {"name": "a"}, "spec": {"cidr": "10.0.0.0/26", %s}}]}"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (POD_LIST % ("{}," * 300_000 + "{}"), "cluster-large"),
        (POD_LIST % ("1," * 1_000_000 + "1"), "problems-many"),
        (BLOCK % f'"allocations": [{"[]," * 3_000_000}[]]', "object-large"),
        (BLOCK % f'"allocations": [{"[]," * 200_000}[]]', "problems-many"),
        (BLOCK % f'"attributes": [{"[]," * 200_000}[]], "unallocated": [{"[]," * 200_000}[]]', "problems-many"),
    ],
)
def test_lists_that_would_take_many_times_their_size_in_memory(problems, text, code):
    problem_codes = codes(problems(text, "f.json"))
    assert problem_codes[-1] == code
    assert len(problem_codes) <= 1001


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300 + "]" * 300,
        '{"kind": "IPPool", "apiVersion": "projectcalico.org/v3", "spec": ' + '{"a": ' * 300 + "1" + "}" * 301,
        POD_LIST.replace("Pod", "Node")
        % ('{"metadata": {"name": "a", "labels": {"a": ' + "[" * 300 + "]" * 300 + "}}}"),
        '{"cniVersion": "0.3.1", "plugins": [{"type": "calico", "ipam": ' + "[" * 300 + "]" * 300 + "}]}",
    ],
)
def test_json_is_as_deep_as_yaml_may_be(problems, text):
    assert codes(problems(text, "f.json")) == ["too-deep"]


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_sequence_number_beyond_all_numbers(number, tmp_path):
    (tmp_path / "f.json").write_text(BLOCK % f'"sequenceNumber": {number}, "allocations": [{"null," * 63}null]')
    assert ipk.read(tmp_path / "f.json").scenario.cluster.blocks
    (tmp_path / "f.yaml").write_text(
        "apiVersion: crd.projectcalico.org/v1\nkind: IPAMBlock\nmetadata: {name: a}\n"
        "spec: {cidr: 10.0.0.0/26, sequenceNumber: .nan}\n"
    )
    assert ipk.load(tmp_path / "f.yaml").cluster.blocks


def test_pools_of_an_annotation_that_are_nested_deep(tmp_path):
    (tmp_path / "f.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: b\n"
        f"  annotations: {{cni.projectcalico.org/ipv4pools: '{'[' * 100_000}'}}\n"
    )
    assert ipk.read(tmp_path / "f.yaml").notes


def test_selectors_of_megabytes_and_too_many_of_them_are_refused(problems, tmp_path):
    pool = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec:\n  cidr: 10.0.0.0/16\n"
    terms = " || ".join(f"rack == 'r{number}'" for number in range(200_000))
    assert problems(f'{pool}  nodeSelector: "{terms}"\n') == [("text-length", 6, "spec.nodeSelector")]
    terms = terms[: terms.index(" || rack == 'r3000'")]
    nodes = "".join(f"---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{number}}}\n" for number in range(1000))
    (tmp_path / "many.yaml").write_text(f'{pool}  nodeSelector: "{terms}"\n{nodes}')
    with pytest.raises(InputError, match="compared with 1,000 nodes they may have at most 50,000"):
        ipk.load(tmp_path / "many.yaml")


def test_every_problem_of_a_scenario_at_once(problems):
    text = """\
version: 1
cluster:
  pools:
  - {name: a, cidr: 10.0.0.1/8}
  - name: b
    cidr: 10.1.0.0/16
    blockSize: "26"
    blocksize: 27
  - {name: c, cidr: 10.2.0.0/28, bogus: 1}
  - {name: c, cidr: nonsense, natOutgoing: "yes"}
  - {name: d, cidr: 10.3.0.0/16, blockSize: 19}
  - {name: e, cidr: 10.4.0.0/16, blockSize: -5}
  - {name: f, cidr: 10.5.0.0/16, vxlanMode: Sometimes}
plan:
  months: 100000000000000000000000000000000
  groups:
  - {nodes: -1, podsPerNode: 1.5}
  - []
networks: {cluster: 10.0.0.0/8}
extra: 1
"""
    assert sorted(problems(text), key=lambda p: (p[1], p[2])) == [
        ("cidr-host-bits", 4, "cluster.pools[0].cidr"),
        ("type-quoted", 7, "cluster.pools[1].blockSize"),
        ("field-unknown", 8, "cluster.pools[1].blocksize"),
        ("block-size-prefix", 9, "cluster.pools[2].blockSize"),
        ("field-unknown", 9, "cluster.pools[2].bogus"),
        ("cidr-syntax", 10, "cluster.pools[3].cidr"),
        ("name-twice", 10, "cluster.pools[3].name"),
        ("type-flag", 10, "cluster.pools[3].natOutgoing"),
        ("block-size-range", 11, "cluster.pools[4].blockSize"),
        ("block-size-range", 12, "cluster.pools[5].blockSize"),
        ("value-choice", 13, "cluster.pools[6].vxlanMode"),
        ("value-high", 15, "plan.months"),
        ("value-low", 17, "plan.groups[0].nodes"),
        ("type-whole", 17, "plan.groups[0].podsPerNode"),
        ("type-mapping", 18, "plan.groups[1]"),
        ("type-list", 19, "networks.cluster"),
        ("field-unknown", 20, "extra"),
    ]


def test_every_problem_of_a_manifest_at_once(problems):
    text = """\
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: a
  nmae: b
spec:
  cidr: 10.0.0.1/8
  blockSize: "26"
  natOutgoing: 1
  foo: bar
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: []
spec: {blockSize: 12}
"""
    assert sorted(problems(text), key=lambda p: (p[1], p[2])) == [
        ("field-unknown", 5, "metadata.nmae"),
        ("cidr-host-bits", 7, "spec.cidr"),
        ("type-quoted", 8, "spec.blockSize"),
        ("type-flag", 9, "spec.natOutgoing"),
        ("field-unknown", 10, "spec.foo"),
        ("type-mapping", 14, "metadata"),
        ("name-length", 14, "metadata.name"),
        ("field-missing", 15, "spec.cidr"),
    ]


def test_a_missing_version_is_told(problems):
    assert problems("name: x\n") == [("field-missing", 1, "version")]


def test_a_version_to_come_is_refused(problems):
    assert codes(problems("version: 2\n")) == ["value-choice"]


def test_a_text_and_a_number_are_no_scenario(problems):
    assert codes(problems("just a text\n")) == ["not-object"]
    assert codes(problems("- 1\n- 2\n")) == ["not-object", "not-object"]


def test_a_stray_tag_in_a_scenario_is_a_problem(problems):
    text = "version: 1\ncluster:\n  pools:\n  - name: a\n    cidr: 10.0.0.0/8\n    nodeSelector: !has(x)\n"
    assert codes(problems(text)) == ["yaml-tag"]


def test_nothing_usable_in_a_file_is_told(problems):
    assert codes(problems("null\n")) == ["nothing-read"]


def test_problems_of_several_files_come_together(tmp_path):
    (tmp_path / "a.yaml").write_text("a: [\n")
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(InputError) as error:
        ipk.load(tmp_path / "a.yaml", tmp_path / "b.json", tmp_path / "c.yaml")
    assert [problem.code for problem in error.value.problems] == ["yaml-syntax", "json-syntax", "file-missing"]


def test_the_same_object_read_twice_with_other_contents_is_told(tmp_path):
    for name, size in (("a.yaml", 26), ("b.yaml", 27)):
        pool = {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": "p"}}
        spec = f"spec: {{cidr: 10.0.0.0/16, blockSize: {size}}}"
        (tmp_path / name).write_text(f"{pool!r}\n".replace("}}", "}, " + spec + "}").replace("'", '"'))
    with pytest.raises(InputError, match="with different contents"):
        ipk.load(tmp_path / "a.yaml", tmp_path / "b.yaml")


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
def test_the_whole_internet_is_no_problem(tmp_path, cidr):
    (tmp_path / "f.yaml").write_text(f"version: 1\ncluster: {{pools: [{{name: p, cidr: '{cidr}'}}]}}\n")
    scenario = ipk.load(tmp_path / "f.yaml")
    table = ipk.capacity(scenario).block_sizes().set_index("block_size")
    exact = {"0.0.0.0/0": (26, 2**26), "::/0": (122, 2**122)}[cidr]
    assert table.blocks[exact[0]] == exact[1]
    # exact at any size: an int64 of numpy where the column fits, Python's own int where it does not
    assert not isinstance(table.blocks[exact[0]], float)


def test_an_ordinal_outside_its_block_is_refused(tmp_path):
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "version: 1\nname: a\ncluster:\n  pools: [{name: a, cidr: 10.0.0.0/24}]\n"
        "  blocks: [{cidr: 10.0.0.0/26, allocations: [{ordinal: 9999}]}]\n"
    )
    with pytest.raises(InputError) as caught:
        ipk.load(scenario)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line, problem.params["most"]) == ("block-ordinal", 5, 63)


POOL = b"apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.0.0.0/16}\n"


def tar(members, mode):
    """An archive of members: name, type, and the bytes of a file or the target of a link."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type = kind
            if kind == tarfile.REGTYPE:
                member.size = len(content)
            else:
                member.linkname = content
            archive.addfile(member, io.BytesIO(content) if kind == tarfile.REGTYPE else None)
    return packed.getvalue()


def zip_files(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("mode", ["w:", "w:gz"])
def test_nothing_of_an_archive_but_its_files_is_looked_at(mode, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("kind: IPPool")
    members = [
        ("../../pool.yaml", tarfile.REGTYPE, POOL),
        ("device", tarfile.CHRTYPE, ""),
        ("fifo", tarfile.FIFOTYPE, ""),
        ("link.yaml", tarfile.SYMTYPE, str(secret)),
        ("hard.yaml", tarfile.LNKTYPE, "../../pool.yaml"),
        ("a.yaml", tarfile.SYMTYPE, "a.yaml"),
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/dumps.tar").write_bytes(tar(members, mode))
    assert [pool.name for pool in ipk.load(tmp_path / "in/dumps.tar").cluster.pools] == ["p"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["dumps.tar", "in", "secret"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (gzip.compress(b" " * 5000), "file-large"),
        (zip_files({"a.yaml": b" " * 5000}), "file-large"),
        (tar([("a.yaml", tarfile.REGTYPE, b" " * 5000)], "w:"), "file-large"),
        (tar([("a.yaml", tarfile.REGTYPE, b" " * 5000)], "w:gz"), "file-large"),
        (zip_files({f"{name}.yaml": POOL + b"#" * 3000 for name in "abc"}), "archive-large"),
        (tar([(f"{name}.yaml", tarfile.REGTYPE, POOL + b"#" * 3000) for name in "abc"], "w:gz"), "archive-large"),
        (tar([(".hidden", tarfile.REGTYPE, b"#" * 9000)], "w:gz"), "archive-large"),
        (tar([(f"{number}", tarfile.DIRTYPE, "") for number in range(21)], "w:gz"), "archive-files"),
        (tar([("a.yaml", tarfile.REGTYPE, POOL)], "w:gz")[:-20], "archive-damaged"),
    ],
    ids=range(9),  # archives hold the time, and each worker packs its own
)
def test_archives_are_read_a_file_at_a_time_and_within_limits(data, code, problems, monkeypatch):
    monkeypatch.setattr(input_files, "MAX_MEMBER_BYTES", 4000)
    monkeypatch.setattr(input_files, "MAX_ARCHIVE_BYTES", 8000)
    monkeypatch.setattr(input_files, "MAX_ARCHIVE_FILES", 20)
    assert code in codes(problems(data, "dumps.tar.gz"))


@pytest.mark.parametrize("command", ["audit", "check"])
@pytest.mark.parametrize(
    "archive", [zip_files, lambda files: tar([(n, tarfile.REGTYPE, d) for n, d in files.items()], "w:gz")]
)
def test_a_file_of_an_archive_is_let_go_before_the_next_is_unpacked(command, archive, tmp_path, monkeypatch):
    unpacked = []
    read_member = input_files._read_member

    def read_and_watch(*args):
        assert not any(data() for data in unpacked)
        data = read_member(*args)
        unpacked.append(weakref.ref(data))
        return data

    monkeypatch.setattr(input_files, "_read_member", read_and_watch)
    path = tmp_path / "dumps"
    path.write_bytes(archive({"a.yaml": POOL, "b.yaml": b"\0", "c.yaml": POOL, "d.yaml": POOL}))
    assert run_command(command, path).exit_code != 0
    assert len(unpacked) == 4


@pytest.mark.parametrize("number", ["9" * 5000, "²"])
@pytest.mark.parametrize(
    "command",
    [
        "capacity {pool} --group a={number}",
        "recommend --group a={number}",
        "forecast {history} --capacity a={number}",
        "alerts {pool} --calico v{number}.1",
    ],
)
def test_numbers_of_options_that_are_none_or_too_long(command, number):
    files = {"pool": ROOT / "data/default-ipv4-ippool.yaml", "history": ROOT / "data/history.csv"}
    result = run_command(*command.format(number=number, **files).split())
    assert result.exit_code == 2, result.output


def test_a_long_line_with_many_slashes_is_recognized_or_not_at_once():
    line = "a/b" * 100_000
    began = time.process_time()
    assert not is_command_line(line)
    assert time.process_time() - began < 1  # seconds; it was minutes
