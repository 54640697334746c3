import {
  BatchUpdatePartitionCommand,
  CreatePartitionCommand,
  GetPartitionsCommand,
  GlueClient,
} from '@aws-sdk/client-glue'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { type GlueColumn, parquetAt } from './glue.ts'
import { listPages } from './pages.ts'

/** A partition of a table with one partition key. */
export type Partition = {
  value: string
  location: string
  parameters: Readonly<Record<string, string>>
}

/** The partitions of tables with one partition key. */
export type Partitions = {
  /** Lists the partitions; none where the table is missing. */
  list(database: string, table: string): Promise<Partition[]>
  /** Points a partition to another place, or creates it there: in one call, so that a reader sees the old or the new one. */
  point(database: string, table: string, to: Partition & { columns: readonly GlueColumn[] }): Promise<void>
}

/** Creates the adapter to the partitions of Glue. */
export function makePartitions(config: AwsConfig): Partitions {
  const client = makeClient(GlueClient, config)
  return {
    list: async (database, table) => await list(client, database, table),
    point: async (DatabaseName, TableName, { value, location, parameters, columns }) => {
      const PartitionInput = {
        Values: [value],
        Parameters: { ...parameters },
        StorageDescriptor: parquetAt(location, columns),
      }
      const table = { DatabaseName, TableName }
      try {
        await client.send(new CreatePartitionCommand({ ...table, PartitionInput }))
      } catch (error) {
        if (awsErrorName(error) !== 'AlreadyExistsException') throw error
        const Entries = [{ PartitionValueList: [value], PartitionInput }]
        const { Errors: [failed] = [] } = await client.send(
          new BatchUpdatePartitionCommand({ ...table, Entries }),
        )
        if (failed) throw new Error(`partition ${value} of ${TableName}: ${failed.ErrorDetail?.ErrorMessage}`)
      }
    },
  }
}

async function list(client: GlueClient, DatabaseName: string, TableName: string): Promise<Partition[]> {
  try {
    const partitions = await listPages(async (NextToken) => {
      const command = new GetPartitionsCommand({
        ...{ DatabaseName, TableName, NextToken },
        ExcludeColumnSchema: true,
      })
      const { Partitions = [], NextToken: next } = await client.send(command)
      return { items: Partitions, next }
    })
    return partitions.map(({ Values: [value = ''] = [], StorageDescriptor, Parameters = {} }) => ({
      value,
      location: StorageDescriptor?.Location ?? '',
      parameters: Parameters,
    }))
  } catch (error) {
    if (awsErrorName(error) === 'EntityNotFoundException') return []
    throw error
  }
}
