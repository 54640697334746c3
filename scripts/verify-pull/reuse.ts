import { check, expectEqual, skip } from './check.ts'
import { pushByUs } from './place.ts'
import type { Setting } from './setting.ts'
import { describeMissing, isInstalled, runTool, type Tool, tools } from './tool.ts'

/** Pushes by the tools of others, and then by us: no layer is sent again. */
export async function verifyReuse(setting: Setting): Promise<void> {
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
  { tool, name, format }: { tool: Tool; name: string; format: string },
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
