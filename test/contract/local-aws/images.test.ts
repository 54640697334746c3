import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { makeTar, type TarFile } from '../../../scripts/example-image/tar.ts'
import { isLocal, patience } from '../../contract-account.ts'
import { pushImage, pushIndex } from '../../fixtures/image.ts'
import { openTasks } from '../../fixtures/task.ts'
import { localAws } from '../../local-aws.ts'

const account = localAws()
const tasks = await openTasks(account)

const list = `
import os
for folder, folders, files in os.walk("/data" if os.path.isdir("/data") else os.environ["DATA"]):
    for file in sorted(files):
        path = os.path.join(folder, file)
        print(os.path.relpath(path, os.environ["DATA"]), open(path).read())
print("end")
`

async function readLog(image: string): Promise<string[]> {
  const arn = await tasks.run({ image, environment: [{ name: 'DATA', value: '/data' }] })
  await tasks.reach(arn, 'STOPPED')
  await expect.poll(() => tasks.read(arn), patience).toContain('end')
  return (await tasks.read(arn)).toSorted()
}

it.runIf(isLocal)('applies plain, gzip and zstd layers upon another, with their whiteouts', async () => {
  const bottom = makeTar([
    { name: 'list.py', content: list },
    { name: 'data/' },
    { name: 'data/kept', content: 'bottom' },
    { name: 'data/removed', content: 'bottom' },
    { name: 'data/changed', content: 'bottom' },
    { name: 'data/hidden/' },
    { name: 'data/hidden/old', content: 'bottom' },
  ])
  const middle = makeTar([
    { name: 'data/.wh.removed', content: '' },
    { name: 'data/hidden/' },
    // An opaque whiteout hides what lies below, wherever it stands in its own layer.
    { name: 'data/hidden/new', content: 'middle' },
    { name: 'data/hidden/.wh..wh..opq', content: '' },
  ])
  const top = makeTar([{ name: 'data/changed', content: 'top' }])
  const image = await pushImage(
    account,
    [
      { bytes: bottom },
      { bytes: gzipSync(middle), compression: 'gzip' },
      { bytes: zstdCompressSync(top), compression: 'zstd' },
    ],
    { Entrypoint: ['python3', '/list.py'] },
  )
  expect(await readLog(image)).toEqual(['changed top', 'end', 'hidden/new middle', 'kept bottom'])
})

it.runIf(isLocal)('writes nothing outside of the image, whatever a layer says', async () => {
  const bytes = makeTar([
    { name: 'list.py', content: list },
    { name: '../../../../data/escaped', content: 'inside' },
  ])
  const image = await pushImage(account, [{ bytes }], { Entrypoint: ['python3', '/list.py'] })
  expect(await readLog(image)).toEqual(['end', 'escaped inside'])
})

/** The host's shell with its libraries: an image that needs nothing of the host. */
function shellFiles(): TarFile[] {
  const libraries = execFileSync('ldd', ['/bin/sh'], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
  return ['/bin/sh', ...libraries].map((path) => ({
    name: path.slice(1),
    content: readFileSync(path),
    executable: true,
  }))
}

const mayMount = process.platform === 'linux' && process.getuid?.() === 0
it.runIf(isLocal && mayMount)(
  'gives an image with its own program a root of its own, writable for each task',
  async () => {
    const bytes = makeTar([...shellFiles(), { name: 'app/' }, { name: 'app/greeting', content: 'own\n' }])
    const image = await pushImage(account, [{ bytes }], {
      Entrypoint: ['sh', '-c'],
      Cmd: [
        'pwd; echo /*; read line < greeting; echo $line; echo more > greeting; read line < greeting; echo $line',
      ],
      WorkingDir: '/app',
      Env: ['PATH=/bin'],
    })
    const arns = [await tasks.run({ image }), await tasks.run({ image })]
    for (const arn of arns) {
      const { containers } = await tasks.reach(arn, 'STOPPED')
      expect(containers?.[0]?.exitCode).toBe(0)
      const lines = ['/app', expect.stringMatching(/^\/app \/bin \/dev .*\/lib/), 'own', 'more']
      await expect.poll(() => tasks.read(arn), patience).toEqual(lines)
    }
  },
)

it.runIf(isLocal)('runs the image of this machine where an index names several', async () => {
  const print = (word: string) => ({ Entrypoint: ['python3', '-c', `print("${word}\\nend")`] })
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const index = await pushIndex(account, 'several', [
    { settings: print('other'), platform: { os: 'linux', architecture: 's390x' } },
    { settings: print('ours'), platform: { os: 'linux', architecture } },
  ])
  expect(await readLog(index)).toEqual(['end', 'ours'])
})
