import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decompress } from '../../lib/compression/decompress.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { DigestCounter } from '../../lib/oci/digest.ts'
import { parseIndex, parseManifest } from '../../lib/oci/manifest.ts'
import { compressionOf } from '../../lib/oci/media-type.ts'

const hexOf = ({ digest }: { digest: string }) => digest.slice('sha256:'.length)

/** Reads what skopeo copied to a folder: `dir:`, where each blob lies under its digest, or an OCI layout, `oci:`. */
export async function readPulledDiffIds(
  folder: string,
): Promise<{ unpacked: string[]; named: readonly string[] }> {
  const blobs = join(folder, 'blobs', 'sha256')
  const pathOf = (blob: Descriptor) => join(existsSync(blobs) ? blobs : folder, hexOf(blob))
  const manifest = parseManifest(readFileSync(findManifest(folder, pathOf)))
  if (!manifest) throw new Error(`${folder}: expected an image manifest`)
  const config = JSON.parse(readFileSync(pathOf(manifest.config), 'utf8'))
  const unpacked: string[] = []
  for (const layer of manifest.layers) unpacked.push(await hashUnpacked(pathOf(layer), layer))
  return { unpacked, named: Object(config.rootfs).diff_ids }
}

function findManifest(folder: string, pathOf: (blob: Descriptor) => string): string {
  const index = join(folder, 'index.json')
  const [image] = existsSync(index) ? parseIndex(readFileSync(index)) : []
  return image ? pathOf(image) : join(folder, 'manifest.json')
}

async function hashUnpacked(path: string, { mediaType }: Descriptor): Promise<string> {
  const compression = compressionOf(mediaType)
  if (compression === undefined) throw new Error(`${path}: expected a layer, got ${mediaType}`)
  const source = createReadStream(path)
  const content = compression === 'none' ? source : decompress(source, compression, path)
  const meter = new DigestCounter()
  for await (const _ of meter.pass(content));
  return meter.finish().digest
}
