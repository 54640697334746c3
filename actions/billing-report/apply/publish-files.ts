import type { BillingContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'

type Publishing = { inputs: Inputs; context: BillingContext }

/** Writes the files of a closed bill into the output folder, and uploads them; returns their paths. */
export async function publishFiles(
  month: string,
  rendered: ReadonlyMap<string, string>,
  { inputs, context }: Publishing,
): Promise<readonly string[]> {
  const folder = context.openFolder(inputs.outputDirectory)
  try {
    for (const [name, text] of rendered) folder.write(name, text)
    const files = folder.publish()
    for (const file of files) context.log.info(`wrote ${file}`)
    await uploadFiles(month, files, { inputs, context })
    return files
  } finally {
    folder.discard()
  }
}

/** Uploads the files of a bill as an artifact, where the runner takes one. */
export async function uploadFiles(
  month: string,
  files: readonly string[],
  { inputs: { artifactName = `bill-${month}`, outputDirectory, retentionDays }, context }: Publishing,
): Promise<void> {
  await context.upload?.(artifactName, files, outputDirectory, retentionDays)
}
