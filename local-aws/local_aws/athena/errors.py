"""Errors of queries as Athena reports them: syntax when a query is started, names when it runs.

https://docs.aws.amazon.com/athena/latest/APIReference/API_InvalidRequestException.html
https://repost.aws/knowledge-center/athena-column-cannot-be-resolved
"""

import re

import duckdb

_QUERIES = {"SELECT", "TABLE", "VALUES", "WITH"}
# fmt: off
_STATEMENTS = {
    "ALTER", "ANALYZE", "CALL", "COMMIT", "CREATE", "DEALLOCATE", "DELETE", "DESC", "DESCRIBE",
    "DROP", "EXECUTE", "EXPLAIN", "GRANT", "INSERT", "PREPARE", "RESET", "REVOKE",
    "ROLLBACK", "SET", "SHOW", "START", "UNLOAD", "UPDATE", "USE",
    "MERGE", "MSCK", "OPTIMIZE", "REFRESH", "VACUUM",
}
# fmt: on
_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?P<word>\w*|.)", re.DOTALL)
_UNKNOWN = (
    (
        re.compile(r"Table with name (?P<name>[^\s!]+) does not exist"),
        "TABLE_NOT_FOUND: {place}: Table 'awsdatacatalog.{database}.{name}' does not exist",
    ),
    (
        re.compile(r'Referenced column "(?P<name>.*?)" not found'),
        "COLUMN_NOT_FOUND: {place}: Column '{name}' cannot be resolved or requester is not authorized to "
        "access requested resources",
    ),
    (
        re.compile(r"Scalar Function with name (?P<name>\S+) does not exist"),
        "FUNCTION_NOT_FOUND: {place}: Function '{name}' not registered",
    ),
)


# https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
_MOST_BYTES = 262_144


def find_wrong_length(query: str) -> str | None:
    """Finds that a query is empty or too long, in the words of AWS's check of requests."""
    size = len(query.encode())
    if 0 < size <= _MOST_BYTES:
        return None
    bound = f"less than or equal to {_MOST_BYTES}" if size else "greater than or equal to 1"
    constraint = f"failed to satisfy constraint: Member must have length {bound}"
    return f"1 validation error detected: Value '{query}' at 'queryString' {constraint}"


def find_syntax_error(query: str) -> str | None:
    """Finds that a query is no SQL, in the words of Athena or DuckDB; None where it is, or is no SELECT."""
    match = _FIRST_WORD.match(query)
    word = match["word"].upper() if match else ""
    if word not in _QUERIES | _STATEMENTS:
        return f"{_place(query, match.start('word') if match else 0)}: mismatched input '{word or '<EOF>'}'"
    if word not in _QUERIES:
        return None
    try:
        duckdb.extract_statements(query)
    except duckdb.ParserException as error:
        return str(error)
    return None


def _place(query: str, at: int) -> str:
    """Names a place in a query as Athena does: its line, and its column, both from 1."""
    line_start = query.rfind("\n", 0, at) + 1
    return f"line {query.count(chr(10), 0, at) + 1}:{at - line_start + 1}"


def explain_failure(reason: str, query: str, database: str) -> str:
    """Translates DuckDB's message about an unknown name into Athena's."""
    for pattern, text in _UNKNOWN:
        match = pattern.search(reason)
        if match:
            found = re.search(rf"\b{re.escape(match['name'])}\b", query, re.IGNORECASE)
            place = _place(query, found.start() if found else 0)
            return text.format(place=place, database=database, name=match["name"])
    return reason
