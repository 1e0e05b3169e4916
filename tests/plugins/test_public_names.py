"""The public names of llada_core: adding or taking one away is a decision, made here too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import llada_core

PUBLIC = """
    AlgorithmError AlgorithmInfo AlgorithmSpec AmbiguousNameError Availability CancelledError CheckpointError
    ContextLengthError DenoisingAlgorithm Engine EngineConfig Environment Factor GenerationAlgorithm
    GenerationError GenerationRegistry Keep LladaError ModelFacts NonFiniteError Observation OutOfMemoryError
    ParameterError ParamsBatch Plan PlanError PluginError PluginRecord Progress Region Request RuleInfo
    SamplingParams Schedule Session Threshold Tokenizer UnavailableError UnknownNameError UnmaskingRule
    UnmaskingRuleSpec Update Window build_request default_registry generate_many get_algorithm
    get_algorithm_info hookimpl list_algorithms list_available_algorithms load_model ranks register_algorithm
""".split()  # noqa: SIM905


def test_the_list_is_frozen() -> None:
    assert llada_core.__all__ == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there(name: str) -> None:
    assert getattr(llada_core, name) is getattr(llada_core, name)


def test_every_deliberate_error_is_public() -> None:
    from llada_core import errors

    assert {name for name in vars(errors) if name.endswith("Error")} <= set(PUBLIC)


def test_dir_shows_them_and_the_version() -> None:
    assert dir(llada_core) == sorted([*PUBLIC, "__version__"])
    assert llada_core.__version__[0].isdigit()


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'llada_core' has no attribute 'nonsense'"):
        _ = llada_core.nonsense


def test_type_checkers_see_the_same_names() -> None:
    """What a name is imported from lazily, and what the TYPE_CHECKING block imports, must not part."""
    tree = ast.parse(Path(llada_core.__file__).read_text())
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    seen = {alias.name: node.module for node in imports for alias in node.names}
    assert seen == llada_core._MODULE_OF_NAME
