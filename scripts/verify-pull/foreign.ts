import { isDeepStrictEqual } from 'node:util'
import { connectRepository } from '../../lib/registry/connect.ts'
import { systemClock } from '../../lib/wait.ts'
import { check, expectEqual, skip } from './check.ts'
import { describeImage } from './describe-image.ts'
import { type ForeignArchive, listForeignArchives } from './foreign-archives.ts'
import { pushByUs } from './place.ts'
import type { Setting } from './setting.ts'
import { sbomType, writeSource } from './source-image.ts'
import { describeMissing, isInstalled, runTool } from './tool.ts'

/** Pushes archives of others by us and by their own tool: every blob, config, annotation and referrer is the same. */
export async function verifyForeign(setting: Setting): Promise<void> {
  const { host } = setting.registry
  const place = { host, name: 'source/app', folder: setting.folder }
  const source = await writeSource(open(`${host}/source/app`), place)
  for (const archive of listForeignArchives(source, place)) await verifyArchive(setting, archive)
}

async function verifyArchive(setting: Setting, archive: ForeignArchive): Promise<void> {
  const { name, make, inputs, pushTo, isKept, hasReferrers = false } = archive
  const { tally, registry } = setting
  const title = `archive of ${name}, pushed by us and by its tool`
  const place = name.replaceAll(/\W+/g, '-')
  const [ours, theirs] = ['ours', 'theirs'].map((who) => `${registry.host}/${who}-${place}`) as [
    string,
    string,
  ]
  const push = pushTo(`${theirs}:v1`)
  const missing = [...make, push].map(([tool]) => tool).find((tool) => !isInstalled(tool))
  if (missing) return skip(tally, title, describeMissing(missing))
  await check(tally, title, async () => {
    for (const [tool, args] of [...make, push]) await runTool(tool, args)
    await pushByUs(setting, { ...inputs, repository: ours, tags: 'v1' })
    const [own, other] = [await describeImage(open(ours), 'v1'), await describeImage(open(theirs), 'v1')]
    if (!isDeepStrictEqual(own, other))
      throw new Error(`expected ${JSON.stringify(other)}, got ${JSON.stringify(own)}`)
    if (JSON.stringify(own).includes(sbomType) !== hasReferrers)
      throw new Error(`expected ${hasReferrers ? 'SBOMs' : 'no SBOM'}, got ${JSON.stringify(own)}`)
    const digests = [await readDigest(ours), await readDigest(theirs)]
    if (isKept) expectEqual('digest', digests.slice(0, 1), digests.slice(1))
    return isKept ? `the same, ${digests[0]}` : 'the same, but for how layers are compressed'
  })
}

const readDigest = async (repository: string) =>
  String((await open(repository).describeManifest('v1'))?.digest)

const open = (repository: string) =>
  connectRepository(repository, {
    mask: () => {},
    clock: systemClock,
    signal: new AbortController().signal,
  })
