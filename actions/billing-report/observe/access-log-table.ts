import type { GlueTable } from '../../../lib/aws/glue.ts'
import { UserError } from '../../../lib/errors.ts'
import type { Connections } from '../context.ts'
import { logColumns } from '../input-table.ts'
import type { Inputs } from '../inputs.ts'

/** Lists the columns that the table needs and does not have; partition keys are columns, too. */
export function missingColumns(
  table: Pick<GlueTable, 'columns'>,
  { columns }: Pick<Inputs, 'columns'>,
): string[] {
  const needed = [...logColumns.map((name) => columns.get(name) ?? name), 'year', 'month', 'day']
  return needed.filter((column) => !table.columns.includes(column))
}

/** Describes the access log's table, and checks what a roll-up needs. Throws UserError with what is missing. */
export async function describeSource(inputs: Inputs, aws: Connections): Promise<GlueTable> {
  const { database, table: name, workgroup: workgroupName } = inputs
  const [table, workgroup] = await Promise.all([
    aws.tables.describe(database, name),
    aws.athena.describeWorkgroup(workgroupName),
  ])
  if (!table) throw new UserError(`table: no table "${database}.${name}"; deploy the billing stack first`)
  const missing = missingColumns(table, inputs)
  if (missing.length > 0) {
    throw new UserError(
      `table: "${database}.${name}" has no column ${missing.join(', ')}; it has ${table.columns.join(', ')}; where one is called otherwise, name it in the input columns, such as user=caller`,
    )
  }
  if (!workgroup)
    throw new UserError(`workgroup: no workgroup "${workgroupName}"; deploy the billing stack first`)
  if (workgroup.enforced) {
    throw new UserError(
      `workgroup: "${workgroupName}" enforces its settings, and a roll-up needs a place of its own; take one that does not, such as the billing stack's, or turn "override client-side settings" off`,
    )
  }
  return table
}
