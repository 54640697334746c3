"""Athena: execution parameters, request tokens, bytes scanned, and result files as Athena writes them."""

import contextvars
import json
import os
import re
from typing import Any
from urllib.parse import urlparse

from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response
from ministack.services import athena, glue, s3

from local_aws.athena.ctas import find_enforced_location
from local_aws.athena.errors import explain_failure, find_syntax_error, find_wrong_length
from local_aws.core.wrapping import Original, wrap

# The bytes that the query of this context has read.
_scanned: contextvars.ContextVar[list[int]] = contextvars.ContextVar("scanned")
_tokens = AccountRegionScopedDict()
_PIECES = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|\?|[^'\"?-]+|-", re.DOTALL)


def bind_parameters(query: str, parameters: list[str]) -> str:
    """Puts values in the places of `?`, outside of quotes; a text value brings its own quotes."""
    values = iter(parameters)
    pieces: list[str] = _PIECES.findall(query)
    wanted = pieces.count("?")
    if wanted != len(parameters):
        raise ValueError(f"Incorrect number of parameters: expected {wanted} but found {len(parameters)}")
    return "".join(next(values) if piece == "?" else piece for piece in pieces)


def _start(original: Original, data: dict[str, Any]) -> Any:
    token, query = data.get("ClientRequestToken"), data.get("QueryString", "")
    parameters = data.get("ExecutionParameters") or []
    if token in _tokens:
        earlier, execution = _tokens[token]
        if earlier == [query, parameters]:
            return json_response({"QueryExecutionId": execution})
        return error_response_json("InvalidRequestException", "Idempotent parameters do not match", 400)
    refused = find_wrong_length(query) or find_enforced_location(query, data.get("WorkGroup", "primary"))
    if refused is not None:
        return error_response_json("InvalidRequestException", refused, 400)
    try:
        bound = bind_parameters(query, parameters) if parameters else query
    except ValueError as error:
        return error_response_json("InvalidRequestException", str(error), 400)
    wrong = find_syntax_error(bound)
    if wrong is not None:
        code = {"AthenaErrorCode": "MALFORMED_QUERY"}
        return error_response_json("InvalidRequestException", wrong, 400, extra=code)
    answer = original({**data, "QueryString": bound})
    if answer[0] < 400:
        execution_id = json.loads(answer[2])["QueryExecutionId"]
        athena._executions[execution_id]["Query"] = query
        _set_location(athena._executions[execution_id], execution_id)
        if token:
            _tokens[token] = [[query, parameters], execution_id]
    return answer


def _set_location(execution: dict[str, Any], execution_id: str) -> None:
    location = execution["ResultConfiguration"]["OutputLocation"].removesuffix(f"{execution_id}.csv")
    folder = location if location.endswith("/") else f"{location}/"
    execution["ResultConfiguration"]["OutputLocation"] = f"{folder}{execution_id}.csv"


async def _execute(original: Original, execution_id: str, query: str, database: str, *rest: Any) -> None:
    _scanned.set([])
    await original(execution_id, query, database, *rest)
    status = athena._executions[execution_id]["Status"]
    if status["State"] == "FAILED":
        status["StateChangeReason"] = explain_failure(status["StateChangeReason"], query, database)


def _find_partitions(location: str) -> list[str] | None:
    for key, table in glue._tables.items():
        shows_all = (table.get("Parameters") or {}).get("projection.enabled") == "true"
        shows_all = shows_all or not table.get("PartitionKeys")
        if table["StorageDescriptor"].get("Location") == location and not shows_all:
            return [each["StorageDescriptor"]["Location"] for each in glue._partitions.get(key, [])]
    return None


def _materialize(original: Original, location: str, folders: list[str]) -> Any:
    files = original(location, folders)
    # Without a projection, only what a partition shows is there.
    places = _find_partitions(location)
    if places is not None:
        root = f"{folders[-1]}/" if files else ""
        files = [path for path in files if path.replace(root, location, 1).startswith(tuple(places))]
    _scanned.get([]).extend(os.path.getsize(path) for path in files)
    return files


def _render_cell(value: Any) -> str:
    """NULL is nothing, an empty text a pair of quotes: the only way to tell them apart in Athena's CSV."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return '"' + text.replace('"', '""') + '"'


async def _save(execution_id: str) -> None:
    execution = athena._executions[execution_id]
    execution["Statistics"]["DataScannedInBytes"] = sum(_scanned.get([]))
    results = execution["_results"]
    place = urlparse(execution["ResultConfiguration"]["OutputLocation"])
    lines = [",".join(map(_render_cell, row)) for row in [results["columns"], *results["rows"]]]
    body = "".join(f"{line}\n" for line in lines).encode()
    headers = {"content-type": "application/octet-stream", "content-length": str(len(body))}
    answer = s3._put_object(place.netloc, place.path.lstrip("/"), body, headers)
    if answer[0] >= 300:
        execution["Status"]["State"] = "FAILED"
        execution["Status"]["StateChangeReason"] = (
            f"An error occurred while writing to S3: {place.netloc}: {answer[0]}"
        )


def install() -> None:
    """Completes queries and their results."""
    wrap(athena, "_start_query_execution", _start)
    wrap(athena, "_execute_query", _execute)
    wrap(athena, "_materialize_table_files", _materialize)
    athena._save_query_results = _save
