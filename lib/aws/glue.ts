import { DeleteTableCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue'
import { type AwsConfig, forCleanUp, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** A table of Glue: where its files are, and its columns with the partition keys behind. */
export type GlueTable = { location: string; columns: readonly string[] }

/** The calls to Glue that a bill needs. */
export type Tables = {
  describe(database: string, table: string): Promise<GlueTable | undefined>
  /** Deletes a table, and none of its files, also after a cancel. */
  remove(database: string, table: string): Promise<void>
}

/** Creates the adapter to Glue. */
export function makeTables(config: AwsConfig): Tables {
  const client = makeClient(GlueClient, config)
  const cleaning = makeClient(GlueClient, forCleanUp(config))
  return {
    describe: async (DatabaseName, Name) => {
      try {
        const { Table } = await client.send(new GetTableCommand({ DatabaseName, Name }))
        const columns = [...(Table?.StorageDescriptor?.Columns ?? []), ...(Table?.PartitionKeys ?? [])]
        return {
          location: Table?.StorageDescriptor?.Location ?? '',
          columns: columns.flatMap((column) => column.Name ?? []),
        }
      } catch (error) {
        if (awsErrorName(error) === 'EntityNotFoundException') return undefined
        throw error
      }
    },
    remove: async (DatabaseName, Name) => {
      try {
        await cleaning.send(new DeleteTableCommand({ DatabaseName, Name }))
      } catch (error) {
        if (awsErrorName(error) !== 'EntityNotFoundException') throw error
      }
    },
  }
}
