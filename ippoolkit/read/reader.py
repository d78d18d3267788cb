"""One way in for all that people bring: files, folders, archives, pipes, pastes, installers' inputs to one `Reading`.

Each file is recognized by its contents: JSON and YAML of kubectl and calicoctl, calicoctl's and kubectl's tables,
`ipam check` and its report, scenario files, installers' files, error messages. Nothing is lost silently: what cannot
be used is noted with its place, and the kinds that nothing was read of are `unknown`, which is not the same as none.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InputError
from ..findings import Finding, Place
from ..model import Scenario
from .document_reader import DocumentReader
from .input_files import AnyPath, InputFile, read_input_files
from .reading import Reading
from .reading_builder import build_reading
from .text_reader import read_contents

# What lies beside dumps in a folder, and is no loss where nothing of it is recognized.
_PROSE_SUFFIXES = (".md", ".rst", ".adoc", ".html", ".htm", ".sh", ".py")
_STOPPED_READING = frozenset({"cluster-large", "problems-many"})


def read(*paths: AnyPath, empty_kinds: Iterable[str] = (), strict: bool = False) -> Reading:
    """Read files, folders, archives and standard input into one reading.

    Parameters
    ----------
    paths
        Folders, archives (``.tar.gz``, ``.zip``) or files in any mix; ``-`` is standard input.
    empty_kinds
        Kinds that are known to have no objects, where kubectl's empty lists leave it open.
    strict
        Refuse the input for any problem, as a design or a manifest should be; otherwise what cannot be used is noted
        and the rest is read, as a cluster's dumps should be.

    Returns
    -------
    Reading
        The scenario, and what was not understood, with file and line.

    Raises
    ------
    InputError
        Where nothing at all could be read; with ``strict`` for any problem, with all of them.

    Examples
    --------
    >>> from ippoolkit import read
    >>> reading = read("data/kubespray.yaml")
    >>> reading.scenario.cluster.pools[0].block_count
    256
    """
    reader = DocumentReader(strict=strict)
    for path in paths:
        for file in read_input_files(path, reader.collector.problems):
            _read_file(file, reader)
            del file  # before the next one of an archive is unpacked
    reader.collector.kinds_seen |= set(empty_kinds)
    return build_reading(reader, paths)


def read_text(text: str, name: str = "paste", *, strict: bool = False) -> Reading:
    """Read a text that was pasted; as `read` does, without a file.

    Raises
    ------
    InputError
        Where nothing of it could be read.
    """
    return read_files([InputFile(name, text.encode())], strict=strict)


def read_files(files: Iterable[InputFile], *, strict: bool = False) -> Reading:
    """Read files whose bytes are at hand; as `read` does.

    Raises
    ------
    InputError
        Where nothing of them could be read.
    """
    reader = DocumentReader(strict=strict)
    names = []
    for file in files:
        names.append(file.name)
        _read_file(file, reader)
    return build_reading(reader, names)


def read_installer(*paths: AnyPath) -> Reading:
    """Read what an installer is given into one scenario.

    Parameters
    ----------
    paths
        Files or folders: a Kubespray inventory, an Installation or Helm values of the Tigera operator, kubeadm's
        ClusterConfiguration, calico-node's manifest or environment, the files of RKE, RKE2, k3s, kops, KubeKey, OKD,
        Talos; with IPPools of the cluster beside them, which win.

    Raises
    ------
    InputError
        With every problem, or where there is nothing of an installer.
    """
    reading = read(*paths, strict=True)
    if not reading.is_installer:
        raise InputError([Finding("no-installer", place=Place(str(path))) for path in paths])
    return reading


def load(*files: AnyPath) -> Scenario:
    """Read files into one scenario to plan on, refusing whatever has a problem.

    Parameters
    ----------
    files
        Paths of files and folders, or ``-`` for standard input: whatever `read` takes.

    Returns
    -------
    Scenario
        What exists and what is planned.

    Raises
    ------
    InputError
        With every problem of every file: file, line and field.
    """
    reading = read(*files, strict=True).design
    if reading.errors:
        raise InputError(list(reading.errors))
    return reading.scenario


def _read_file(file: InputFile, reader: DocumentReader) -> None:
    """Read one file; of what a folder or an archive brought, note what is no input rather than refuse it."""
    try:
        read_contents(file, reader)
    except InputError as error:
        if any(problem.code in _STOPPED_READING for problem in error.problems):
            raise  # the part of a cluster that came first is no cluster
        is_prose = not file.named and file.name.lower().endswith(_PROSE_SUFFIXES)
        is_expected = not file.named and all(problem.code == "file-binary" for problem in error.problems)
        if is_prose or (reader.strict and is_expected):
            reader.collector.notes.append(Finding("file-unread", place=Place(file.name)))
        else:
            reader.collector.problems += error.problems
