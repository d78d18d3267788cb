"""Files to one Scenario: a scenario file, manifests, dumps, or any mix of them."""

from __future__ import annotations

from ..errors import InputError
from ..model import Scenario
from .collector import AnyPath, ObjectCollector, Reading
from .text_files import read_documents


def read(*files: AnyPath) -> Reading:
    """Read files into one scenario.

    Parameters
    ----------
    files
        A scenario file, what ``calicoctl get`` or ``kubectl get`` print as YAML or JSON, or several of them;
        ``-`` is standard input.

    Raises
    ------
    InputError
        With every problem of every file: file, line and field.
    """
    collector = ObjectCollector()
    for file in files:
        try:
            documents = read_documents(file)
        except InputError as error:
            collector.problems += error.problems
            continue
        for document in documents:
            collector.add_document(document)
        collector.documents += documents
    return collector.build(files)


def load(*files: AnyPath) -> Scenario:
    """Read files into one scenario, as `read` does, without its notes."""
    return read(*files).scenario
