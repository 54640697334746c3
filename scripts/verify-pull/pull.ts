import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { check, expectEqual, skip } from './check.ts'
import { type ExampleArchive, pushByUs } from './place.ts'
import { readPulledDiffIds } from './pulled-image.ts'
import type { Setting } from './setting.ts'
import { describeMissing, isInstalled, runTool, tools } from './tool.ts'

const compressions: readonly { name: string; inputs: Record<string, string> }[] = [
  ...['fast', '1', '6'].map((level) => ({
    name: `gzip ${level}`,
    inputs: { compression: 'gzip', 'compression-level': level },
  })),
  { name: 'zstd', inputs: { compression: 'zstd' } },
  { name: 'none', inputs: { compression: 'none' } },
]

/** Pushes each archive in each compression, and pulls it by the tools of others. */
export async function verifyPulls(setting: Setting): Promise<void> {
  for (const archive of setting.archives)
    for (const { name, inputs } of compressions) await verifyPull(setting, archive, name, inputs)
  await verifyLayout(setting)
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
