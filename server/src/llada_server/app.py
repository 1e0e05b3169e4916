"""The Litestar application. Importing this does not import torch."""

from __future__ import annotations

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ASGIApp

from .asgi import with_counts, with_request_id
from .authentication import with_keys
from .context import Context
from .replies import on_exception
from .routes.algorithms import get_algorithm, list_algorithms, switch_on
from .routes.chat import chat_completions
from .routes.completions import completions
from .routes.documentation import documentation, openapi
from .routes.health import health, live, ready
from .routes.infill import infill
from .routes.metrics import metrics
from .routes.models import get_model, list_models
from .routes.playground import playground
from .routes.stats import batch_stats
from .routes.tokens import detokenize, tokenize, tokenizer_info
from .routes.version import versions

ROUTES = [
    chat_completions,
    completions,
    infill,
    list_models,
    get_model,
    list_algorithms,
    get_algorithm,
    switch_on,
    tokenize,
    detokenize,
    tokenizer_info,
    health,
    live,
    ready,
    batch_stats,
    metrics,
    versions,
    openapi,
    documentation,
    playground,
]


def create_app(context: Context) -> ASGIApp:
    """The whole HTTP side around `context`; starting and closing the engine is the caller's part."""
    return with_request_id(create_inner_app(context))


def create_inner_app(context: Context) -> ASGIApp:
    """The same without request ids, for a server in front that makes them."""
    app: ASGIApp = create_litestar(context)
    if context.keys is not None or context.admin_keys is not None:
        app = with_keys(app, context.keys, context.admin_keys, context.metrics)
    return with_counts(app, context.metrics)


def create_litestar(context: Context) -> Litestar:
    """The bare Litestar application: without request ids, and open to everybody."""
    return Litestar(
        route_handlers=ROUTES,
        dependencies={"context": Provide(lambda: context, sync_to_thread=False)},
        exception_handlers={Exception: on_exception},
        request_max_body_size=context.settings.max_body_bytes,
        openapi_config=None,
        logging_config=None,
        cors_config=None,
    )
