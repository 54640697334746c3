import {
  type Column,
  CreateTableCommand,
  DeleteTableCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
  type Table,
} from '@aws-sdk/client-glue'
import { type AwsConfig, forCleanUp, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { listPages } from './pages.ts'

/** A table of Glue: where its files are, its columns with the partition keys behind, and its parameters. */
export type GlueTable = {
  location: string
  columns: readonly string[]
  parameters: Readonly<Record<string, string>>
}

/** A column and its type, such as `bigint`. */
export type GlueColumn = { name: string; type: string }

/** The name of a table, and when it was created, in epoch milliseconds. */
type TableName = { name: string; created: number }

/** The calls to Glue that a bill needs. */
export type Tables = {
  describe(database: string, table: string): Promise<GlueTable | undefined>
  /** Describes the columns of a table without its partition keys. */
  describeColumns(database: string, table: string): Promise<readonly GlueColumn[]>
  list(database: string): Promise<TableName[]>
  /** Creates a table of Parquet files with one partition key of texts; one that is there stays as it is. */
  create(database: string, table: PartitionedTable): Promise<void>
  /** Deletes a table, and none of its files, also after a cancel. */
  remove(database: string, table: string): Promise<void>
}

/** A table of Parquet files whose partitions have places of their own. */
type PartitionedTable = {
  name: string
  location: string
  columns: readonly GlueColumn[]
  partitionKey: string
}

/** Creates the adapter to Glue. */
export function makeTables(config: AwsConfig): Tables {
  const client = makeClient(GlueClient, config)
  const cleaning = makeClient(GlueClient, forCleanUp(config))
  return {
    describe: async (database, name) => {
      const table = await getTable(client, database, name)
      return table && toGlueTable(table)
    },
    describeColumns: async (database, name) => {
      const table = await getTable(client, database, name)
      return (table?.StorageDescriptor?.Columns ?? []).map(toColumn)
    },
    list: async (DatabaseName) => {
      const tables = await listPages(async (NextToken) => {
        const command = new GetTablesCommand({ DatabaseName, NextToken })
        const { TableList = [], NextToken: next } = await client.send(command)
        return { items: TableList, next }
      })
      return tables.map(({ Name = '', CreateTime }) => ({ name: Name, created: CreateTime?.getTime() ?? 0 }))
    },
    create: async (database, table) => {
      const command = new CreateTableCommand({ DatabaseName: database, TableInput: toTableInput(table) })
      await unless('AlreadyExistsException', client.send(command))
    },
    remove: async (DatabaseName, Name) =>
      await unless('EntityNotFoundException', cleaning.send(new DeleteTableCommand({ DatabaseName, Name }))),
  }
}

async function unless(name: string, call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (awsErrorName(error) !== name) throw error
  })
}

async function getTable(client: GlueClient, DatabaseName: string, Name: string): Promise<Table | undefined> {
  try {
    const { Table } = await client.send(new GetTableCommand({ DatabaseName, Name }))
    return Table
  } catch (error) {
    if (awsErrorName(error) === 'EntityNotFoundException') return undefined
    throw error
  }
}

const toColumn = ({ Name = '', Type = '' }: Column): GlueColumn => ({ name: Name, type: Type })

function toGlueTable({ StorageDescriptor, PartitionKeys = [], Parameters = {} }: Table): GlueTable {
  const columns = [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys]
  return {
    location: StorageDescriptor?.Location ?? '',
    columns: columns.flatMap(({ Name }) => Name ?? []),
    parameters: Parameters,
  }
}

/** Describes Parquet files at a place, as Glue wants it. */
export function parquetAt(location: string, columns: readonly GlueColumn[]) {
  const hive = 'org.apache.hadoop.hive.ql.io.parquet'
  return {
    Columns: columns.map(({ name, type }) => ({ Name: name, Type: type })),
    Location: location,
    InputFormat: `${hive}.MapredParquetInputFormat`,
    OutputFormat: `${hive}.MapredParquetOutputFormat`,
    SerdeInfo: { SerializationLibrary: `${hive}.serde.ParquetHiveSerDe` },
  }
}

const toTableInput = ({ name, location, columns, partitionKey }: PartitionedTable) => ({
  Name: name,
  TableType: 'EXTERNAL_TABLE',
  Parameters: { classification: 'parquet', EXTERNAL: 'TRUE' },
  PartitionKeys: [{ Name: partitionKey, Type: 'string' }],
  StorageDescriptor: parquetAt(location, columns),
})
