import type { BillingContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import type { BillingRecord } from './record.ts'

/** Writes the files of a bill into the output folder, and uploads them; returns their paths. */
export async function publishFiles(
  month: string,
  rendered: ReadonlyMap<string, string>,
  { inputs, context, record }: { inputs: Inputs; context: BillingContext; record?: BillingRecord },
): Promise<readonly string[]> {
  const files = context.writeFiles(inputs.outputDirectory, rendered)
  if (record) record.files = files
  for (const file of files) context.log.info(`wrote ${file}`)
  await context.upload?.(inputs.artifactName ?? `bill-${month}`, files, inputs.outputDirectory)
  return files
}
