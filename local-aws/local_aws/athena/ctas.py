"""Athena: CREATE TABLE … WITH (…) AS SELECT writes Parquet to S3 and makes the table in Glue.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

import asyncio
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import duckdb
from ministack.services import athena, glue, s3

from local_aws.core.wrapping import Original, wrap

_PATTERN = re.compile(
    r"""^\s*CREATE\s+TABLE\s+(?:"?(?P<database>\w+|(?<=")[\w-]+(?="))"?\.)?"?(?P<table>\w+)"?\s+
    WITH\s*\((?P<properties>[^)]*)\)\s*AS\s+(?P<select>.*?);?\s*$""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_HIVE = "org.apache.hadoop.hive.ql.io.parquet"
_EMPTY = {"columns": ["rows"], "column_types": ["bigint"], "rows": []}


@dataclass(frozen=True)
class Ctas:
    """What a statement asks for: table, where its files go, and the rows."""

    database: str | None
    table: str
    location: str
    select: str


def parse_ctas(query: str) -> Ctas | None:
    """Parses a CTAS; returns None for any other statement."""
    match = _PATTERN.match(query)
    if match is None:
        return None
    properties = dict(re.findall(r"(\w+)\s*=\s*'([^']*)'", match["properties"]))
    if properties.get("format", "PARQUET").upper() != "PARQUET":
        raise ValueError(f"NOT_SUPPORTED: format {properties['format']}; this Athena writes PARQUET")
    if "external_location" not in properties:
        raise ValueError("NOT_SUPPORTED: CTAS without external_location")
    return Ctas(match["database"], match["table"], properties["external_location"], match["select"])


def find_enforced_location(query: str, workgroup: str) -> str | None:
    """Finds that a CTAS names a place where its workgroup enforces one, in the words of Athena.

    https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
    """
    match = _PATTERN.match(query)
    configuration = (athena._workgroups.get(workgroup) or {}).get("Configuration") or {}
    enforced = str(configuration.get("EnforceWorkGroupConfiguration")).lower() == "true"
    if match is None or not enforced or "external_location" not in match["properties"]:
        return None
    return (
        "The Create Table As Select query failed because it was submitted with an 'external_location' "
        "property to an Athena Workgroup that enforces a centralized output location for all queries. "
        "Please remove the 'external_location' property and resubmit the query."
    )


def _write(select: str, folder: Path) -> list[dict[str, str]]:
    """Writes the rows as Parquet and returns the columns as Glue names them."""
    with duckdb.connect(":memory:") as connection:
        described = connection.execute(f"DESCRIBE {select}").fetchall()
        # A sum of BIGINT is BIGINT in Trino; DuckDB makes it HUGEINT, which Parquet has not.
        whole = [
            f'CAST("{name}" AS BIGINT) AS "{name}"' if kind == "HUGEINT" else f'"{name}"'
            for name, kind, *_ in described
        ]
        path = folder / "part-0.parquet"
        query = f"SELECT {', '.join(whole)} FROM ({select})"
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT PARQUET, COMPRESSION SNAPPY)")
    return [{"Name": name, "Type": _glue_type(kind)} for name, kind, *_ in described]


def _glue_type(kind: str) -> str:
    base = str(athena._DUCKDB_TYPE_MAP.get(kind.split("(")[0], "varchar"))
    return {"varchar": "string", "integer": "int"}.get(base, base)


def _upload(folder: Path, location: str) -> None:
    place = urlparse(location)
    prefix = place.path.lstrip("/").rstrip("/") + "/"
    bucket = s3._buckets.get(place.netloc)
    if bucket is None:
        raise ValueError(f"HIVE_METASTORE_ERROR: no such bucket {place.netloc}")
    if any(key.startswith(prefix) for key in bucket["objects"]):
        raise ValueError(f"HIVE_PATH_ALREADY_EXISTS: Target directory already exists: {location}")
    for path in folder.iterdir():
        body = path.read_bytes()
        s3._put_object(place.netloc, prefix + path.name, body, {"content-length": str(len(body))})


def _create_table(ctas: Ctas, database: str, columns: list[dict[str, str]]) -> None:
    table = {
        "Name": ctas.table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet", "EXTERNAL": "TRUE"},
        "StorageDescriptor": {
            "Columns": columns,
            "Location": ctas.location,
            "InputFormat": f"{_HIVE}.MapredParquetInputFormat",
            "OutputFormat": f"{_HIVE}.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": f"{_HIVE}.serde.ParquetHiveSerDe"},
        },
    }
    status, _, body = glue._create_table({"DatabaseName": database, "TableInput": table})
    if status >= 300:
        raise ValueError(json.loads(body).get("message", "Glue CreateTable failed"))


async def _run(ctas: Ctas, database: str, catalog: str | None) -> Any:
    if f"{database}/{ctas.table}" in glue._tables:
        raise ValueError(f"TABLE_ALREADY_EXISTS: Table '{database}.{ctas.table}' already exists")
    select, _, folders = await athena._rewrite_data_paths(ctas.select, database, catalog)
    folder = Path(tempfile.mkdtemp())
    try:
        columns = await asyncio.to_thread(_write, select, folder)
        _upload(folder, ctas.location)
        _create_table(ctas, database, columns)
    finally:
        for each in [folder, *folders]:
            shutil.rmtree(each, ignore_errors=True)
    return _EMPTY


async def _query(original: Original, text: str, database: str, catalog: str | None = None) -> Any:
    ctas = parse_ctas(text)
    if ctas is None:
        return await original(text, database, catalog)
    return await _run(ctas, ctas.database or database, catalog)


def install() -> None:
    """Runs CTAS statements, which ministack would treat as its own CREATE TABLE."""
    parse = athena._parse_ddl
    athena._parse_ddl = lambda query: None if _PATTERN.match(query) else parse(query)
    wrap(athena, "_run_duckdb", _query)
