import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type RegistryProcess, startRegistry } from './bench/registry-process.ts'
import { runMain } from './run-main.ts'
import { check, expectEqual, skip, type Tally } from './verify-pull/check.ts'
import {
  type ExampleArchive,
  makePlace,
  type Place,
  pushByUs,
  readDiffIds,
  writeArchives,
} from './verify-pull/place.ts'
import { readPulledDiffIds } from './verify-pull/pulled-image.ts'
import { describeMissing, isInstalled, runTool, tools } from './verify-pull/tool.ts'

type Setting = Place & {
  registry: RegistryProcess
  tally: Tally
  archives: ExampleArchive[]
  diffIds: string[]
}

const compressions: readonly { name: string; inputs: Record<string, string> }[] = [
  ...['fast', '1', '6'].map((level) => ({
    name: `gzip ${level}`,
    inputs: { compression: 'gzip', 'compression-level': level },
  })),
  { name: 'zstd', inputs: { compression: 'zstd' } },
  { name: 'none', inputs: { compression: 'none' } },
]

/** Pulls what we pushed by the tools of others, and pushes what they pushed: no byte of a layer is sent again. */
async function main(): Promise<number> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  if (isInstalled(tools.registry)) await verify(tally)
  else skip(tally, 'all checks', describeMissing(tools.registry))
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
  return tally.failed === 0 ? 0 : 1
}

async function verify(tally: Tally): Promise<void> {
  const place = makePlace()
  const storage = join(place.folder, 'registry')
  mkdirSync(storage)
  const registry = await startRegistry(storage)
  try {
    const archives = await writeArchives(place)
    const setting = {
      ...place,
      registry,
      tally,
      archives,
      diffIds: await readDiffIds(archives[0]?.path ?? ''),
    }
    for (const archive of archives)
      for (const { name, inputs } of compressions) await verifyPull(setting, archive, name, inputs)
    await verifyLayout(setting)
    await verifyReuse(setting)
  } finally {
    await registry.stop()
    rmSync(place.folder, { recursive: true, force: true })
  }
}

async function verifyPull(
  setting: Setting,
  { layout, path }: ExampleArchive,
  name: string,
  inputs: Record<string, string>,
): Promise<void> {
  const { registry, tally } = setting
  const title = `${name}, ${layout} layout`
  const repository = `${registry.host}/ours/${title.toLowerCase().replaceAll(/\W+/g, '-')}`
  await check(tally, `${title}, pushed by us`, async () => {
    const { result, uploadedBytes } = await pushByUs(setting, {
      ...inputs,
      archive: path,
      repository,
      tags: 'v1',
    })
    if (result !== 'pushed') throw new Error(`expected pushed, got ${result}`)
    return `${(uploadedBytes / 1024 ** 2).toFixed(1)} MiB sent`
  })
  await pullBySkopeo(setting, title, `${repository}:v1`)
  await validateByCrane(setting, { title, isGzip: !/^(zstd|none)/.test(name) }, `${repository}:v1`)
}

async function pullBySkopeo(setting: Setting, title: string, image: string): Promise<void> {
  const { tally, folder, diffIds } = setting
  for (const kind of ['dir', 'oci']) {
    const what = `${title}, copied by skopeo as ${kind}`
    if (!isInstalled(tools.skopeo)) {
      skip(tally, what, describeMissing(tools.skopeo))
      continue
    }
    await check(tally, what, async () => {
      const target = join(folder, 'pulled')
      rmSync(target, { recursive: true, force: true })
      const from = ['--src-tls-verify=false', `docker://${image}`]
      await runTool(tools.skopeo, ['--insecure-policy', 'copy', '--quiet', ...from, `${kind}:${target}`])
      const { unpacked, named } = await readPulledDiffIds(target)
      expectEqual('diffIDs of the config', named, diffIds)
      expectEqual('digests of the unpacked layers', unpacked, diffIds)
      return `${unpacked.length} diffIDs`
    })
  }
}

async function validateByCrane(
  { tally, folder, diffIds }: Setting,
  { title, isGzip }: { title: string; isGzip: boolean },
  image: string,
): Promise<void> {
  const what = `${title}, validated by crane`
  if (!isInstalled(tools.crane)) {
    skip(tally, what, describeMissing(tools.crane))
    return
  }
  await check(tally, what, async () => {
    if (isGzip) {
      await runTool(tools.crane, ['validate', '--insecure', '--remote', image])
      return 'well-formed'
    }
    // It takes each layer for gzip: https://github.com/google/go-containerregistry/issues/1826
    await runTool(tools.crane, ['validate', '--insecure', '--fast', '--remote', image])
    const target = join(folder, 'pulled by crane')
    rmSync(target, { recursive: true, force: true })
    await runTool(tools.crane, ['pull', '--insecure', '--format=oci', image, target])
    const { unpacked } = await readPulledDiffIds(target)
    expectEqual('digests of the unpacked layers', unpacked, diffIds)
    return `well-formed but for the layers, which it takes for gzip; pulled, ${unpacked.length} diffIDs`
  })
}

/** An OCI layout that skopeo wrote goes through byte for byte. */
async function verifyLayout(setting: Setting): Promise<void> {
  const { tally, folder, archives } = setting
  if (!isInstalled(tools.skopeo)) {
    skip(tally, 'OCI layout of skopeo', describeMissing(tools.skopeo))
    return
  }
  const path = join(folder, 'layout')
  const from = `docker-archive:${archives[0]?.path}`
  await runTool(tools.skopeo, ['--insecure-policy', 'copy', '--quiet', from, `oci:${path}`])
  await verifyPull(setting, { layout: 'OCI', path }, 'as it is', {})
}

/** What other tools push, and how we push the same image again. */
async function verifyReuse(setting: Setting): Promise<void> {
  const { archives } = setting
  const path = archives[0]?.path ?? ''
  for (const format of ['gzip', 'zstd']) {
    const options = ['--dest-compress-format', format, ...(format === 'zstd' ? ['--format', 'oci'] : [])]
    await reuseOf(setting, { tool: tools.skopeo, name: `skopeo ${format}`, format }, (image) => [
      ...['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false', ...options],
      ...[`docker-archive:${path}`, `docker://${image}`],
    ])
  }
  await reuseOf(setting, { tool: tools.crane, name: 'crane', format: 'gzip' }, (image) => [
    ...['push', '--insecure', path, image],
  ])
}

async function reuseOf(
  setting: Setting,
  { tool, name, format }: { tool: (typeof tools)['skopeo' | 'crane']; name: string; format: string },
  push: (image: string) => string[],
): Promise<void> {
  const { tally, registry, archives } = setting
  const title = `pushed by ${name}, then by us`
  if (!isInstalled(tool)) {
    skip(tally, title, describeMissing(tool))
    return
  }
  const repository = `${registry.host}/theirs/${name.replaceAll(' ', '-')}`
  await check(tally, title, async () => {
    await runTool(tool, push(`${repository}:theirs`))
    // The other layout: what counts is the content.
    const archive = archives.at(-1)?.path ?? ''
    const inputs = { archive, repository, tags: 'ours', compression: format }
    const { uploadedBytes, steps } = await pushByUs(setting, inputs)
    expectEqual(
      'layers',
      steps,
      steps.map(() => 'reuse'),
    )
    // The config is sent where the tool wrote one of its own, as skopeo does for OCI.
    return `${steps.length} layers reused, ${uploadedBytes} bytes sent beside them`
  })
}

await runMain(main)
