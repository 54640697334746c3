import type { GlueTable } from '../../../lib/aws/glue.ts'
import { UserError } from '../../../lib/errors.ts'
import type { Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'

const needed = ['requestid', 'requesttime', 'routekey', 'status', 'user', 'year', 'month', 'day']

/** Describes the access log's table, and checks what a roll-up needs. Throws UserError with what is missing. */
export async function describeSource(inputs: Inputs, aws: Connections): Promise<GlueTable> {
  const { database, table: name, workgroup: workgroupName } = inputs
  const table = await aws.tables.describe(database, name)
  if (!table) throw new UserError(`table: no table "${database}.${name}"; deploy the billing stack first`)
  const missing = needed.filter((column) => !table.columns.includes(column))
  if (missing.length > 0) {
    throw new UserError(
      `table: "${database}.${name}" has no column ${missing.join(', ')}; it has ${table.columns.join(', ')}`,
    )
  }
  const workgroup = await aws.athena.describeWorkgroup(workgroupName)
  if (!workgroup)
    throw new UserError(`workgroup: no workgroup "${workgroupName}"; deploy the billing stack first`)
  if (workgroup.enforced) {
    throw new UserError(
      `workgroup: "${workgroupName}" enforces its settings, and a roll-up needs a place of its own; take one that does not, such as the billing stack's`,
    )
  }
  return table
}
