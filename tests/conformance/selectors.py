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
    found = []
    if str(selector) != case["canonical"]:
        found.append(f"prints {selector}; recorded: {case['canonical']}")
    wrong = [each for each in case["evals"] if selector.matches(each["labels"]) != each["match"]]
    return found + [f"on {each['labels']}: {not each['match']}; recorded: {each['match']}" for each in wrong]
