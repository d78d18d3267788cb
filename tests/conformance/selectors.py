"""A recorded selector: whether it is valid, its canonical form, each evaluation."""

from ippoolkit.calico.selectors import SelectorError, parse_selector

KEYS = {"selector", "valid", "canonical", "evals"}


def differences(case):
    """Yield what differs from the recording."""
    try:
        selector = parse_selector(case["selector"])
    except SelectorError as error:
        return [f"refused: {error}"] if case["valid"] else []
    if not case["valid"]:
        return [f"accepted; recorded: {case['error']}"]
    mismatches = []
    if str(selector) != case["canonical"]:
        mismatches.append(f"prints {selector}; recorded: {case['canonical']}")
    wrong = [
        evaluation for evaluation in case["evals"] if selector.matches(evaluation["labels"]) != evaluation["match"]
    ]
    return mismatches + [
        f"on {evaluation['labels']}: {not evaluation['match']}; recorded: {evaluation['match']}" for evaluation in wrong
    ]
