import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openArchive } from '../../lib/archive/open-archive.ts'
import { readImage } from '../../lib/image/read-image.ts'
import { runActionProcess } from '../action-process.ts'
import { childEnv } from '../child-env.ts'
import { root } from '../local-aws-process.ts'

/** An archive of the example image; all have the same layers. */
export type ExampleArchive = { layout: string; path: string }

/** Folders of one run. */
export type Place = { folder: string; home: string }

/** Makes the folders. */
export function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'verify-pull-'))
  const home = join(folder, 'home')
  mkdirSync(home)
  return { folder, home }
}

/** Writes the example image in the layouts of docker save. */
export async function writeArchives({ folder }: Place): Promise<ExampleArchive[]> {
  const archives = ['legacy', 'oci'].map((layout) => ({ layout, path: join(folder, `${layout}.tar`) }))
  for (const { layout, path } of archives) {
    const args = ['--layout', layout, '--output', path]
    await promisify(execFile)(process.execPath, [join(root, 'scripts', 'example-image.ts'), ...args])
  }
  return archives
}

/** Lists the diffIDs that an archive's config names. */
export async function readDiffIds(path: string): Promise<string[]> {
  const archive = await openArchive(path)
  try {
    const image = await readImage(archive, undefined)
    if (image.kind === 'tree') throw new Error(`${path}: expected one image, got several manifests`)
    return image.layers.map(({ diffId }) => diffId)
  } finally {
    await archive.close()
  }
}

/** What a push of ours did: its result, and what became of each layer. */
export type OwnPush = { result: string; uploadedBytes: number; steps: string[] }

/** Pushes by our action, as a runner would. Throws what it said where it fails. */
export async function pushByUs({ home }: Place, inputs: Record<string, string>): Promise<OwnPush> {
  const env = childEnv(home, { RUNNER_TEMP: home })
  const { exitCode, outputs, lines } = await runActionProcess({ action: 'push-image', inputs, env })
  const { result = '', report = '' } = outputs
  if (exitCode !== 0) throw new Error(`push-image: ${result}: ${lines.join(' | ')}`)
  const { layers } = JSON.parse(readFileSync(report, 'utf8'))
  const steps = Array.isArray(layers) ? layers.map((layer) => String(Object(layer).step)) : []
  return { result, uploadedBytes: Number(outputs['uploaded-bytes']), steps }
}
