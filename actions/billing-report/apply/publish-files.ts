import { statementsOf } from '../bill/statement-files.ts'
import type { Session } from './session.ts'

/** What publishing needs of a run; the record says what is done. */
export type Publishing = Pick<Session, 'inputs' | 'context' | 'aws' | 'record'>

/** Writes the files of a closed bill into the output folder, and uploads them. */
export async function publishFiles(
  month: string,
  rendered: ReadonlyMap<string, string>,
  publishing: Publishing,
): Promise<void> {
  const { inputs, context } = publishing
  const folder = context.openFolder(inputs.outputDirectory)
  try {
    for (const [name, text] of rendered) folder.write(name, text)
    const files = folder.publish(statementsOf(month))
    context.log.info(`wrote the ${files.length} files of the closed bill into ${inputs.outputDirectory}`)
    await uploadFiles(month, files, publishing)
  } finally {
    folder.discard()
  }
}

/** Uploads the files of a bill as an artifact, where the runner takes one. */
export async function uploadFiles(
  month: string,
  files: readonly string[],
  { inputs: { artifactName = `bill-${month}`, outputDirectory, retentionDays }, context, record }: Publishing,
): Promise<void> {
  record.files = files
  record.left = ['the files are not uploaded']
  await context.upload?.(artifactName, files, outputDirectory, retentionDays)
  record.left = []
}
