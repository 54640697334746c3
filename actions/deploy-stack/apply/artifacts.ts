import { createHash } from 'node:crypto'
import { partitionOf } from '../../../lib/partition.ts'
import type { StackContext } from '../context.ts'
import { listTemplates, type Template } from '../graph/template.ts'
import { type PathText, writeTexts } from '../graph/write-texts.ts'
import { packAsset, verifyAsset } from './asset.ts'

/** The longest template, in bytes, that CloudFormation accepts in the call; a larger one is read from a bucket. */
export const inlineBytes = 51_200

/** Places a template where CloudFormation can read it: in the call or, if it is too long, in the toolkit's bucket. */
export async function placeTemplate(
  body: string,
  context: StackContext,
): Promise<{ body: string } | { url: string }> {
  const isShort = Buffer.byteLength(body) <= inlineBytes
  return isShort || context.inputs.mode === 'preview'
    ? { body }
    : { url: await uploadTemplate(body, context) }
}

/** Verifies that the folders of code which a template names can be packed. Throws UserError. */
export async function verifyArtifacts(template: Template, signal: AbortSignal): Promise<void> {
  const folders = listTemplates(template).flatMap((each) => each.folders)
  for (const { file } of folders) await verifyAsset(file, signal)
}

/**
 * Uploads what a template names by a path, and returns what it says in place of the paths. A preview uploads nothing:
 * CloudFormation reads these objects only when it makes their resources.
 */
export async function placeArtifacts(
  { folders, nested }: Template,
  context: StackContext,
): Promise<PathText[]> {
  const { toolkit } = context.connections
  const texts: PathText[] = []
  for (const { at, file } of folders) {
    const { key, bytes } = await packAsset(file, context.signal)
    await upload(key, bytes, context)
    texts.push({ path: at, value: { S3Bucket: toolkit.bucket, S3Key: key } })
  }
  for (const { at, template } of nested) {
    const inner = await placeArtifacts(template, context)
    const body = writeTexts(template.body, template.path, inner)
    texts.push({ path: at, value: await uploadTemplate(body, context) })
  }
  return texts
}

async function uploadTemplate(body: string, context: StackContext): Promise<string> {
  const { toolkit, region } = context.connections
  const key = `templates/${createHash('sha256').update(body).digest('hex')}.yml`
  await upload(key, Buffer.from(body), context)
  return `https://${toolkit.bucket}.s3.${region}.${partitionOf(region).dnsSuffix}/${key}`
}

async function upload(key: string, bytes: Buffer, { connections, inputs }: StackContext): Promise<void> {
  if (inputs.mode !== 'preview') await connections.toolkit.ensure(key, bytes)
}
