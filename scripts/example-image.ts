import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Layout, makeArchive } from './example-image/archive.ts'
import { appFolder, makeAppLayer, makeModelLayer, makePackagesLayer } from './example-image/layers.ts'
import { root } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

async function main(): Promise<undefined> {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: 'out/deepdenoising.triton.tar' },
      layout: { type: 'string', default: 'oci' },
      python: { type: 'string', default: join(root, '.venv', 'bin', 'python') },
    },
  })
  const layouts: readonly Layout[] = ['legacy', 'oci']
  const layout = layouts.find((name) => name === values.layout)
  if (!layout) throw new Error(`--layout: expected legacy or oci, got "${values.layout}"`)

  const { layer: packages, sitePackages } = makePackagesLayer(values.python)
  const archive = makeArchive(
    {
      layers: [packages, makeAppLayer(), makeModelLayer()],
      references: ['deepdenoising-triton:latest'],
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      settings: {
        Entrypoint: ['python3', '-m', 'ddn'],
        WorkingDir: `/${appFolder}`,
        Env: [
          'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          `PYTHONPATH=${sitePackages}:/${appFolder}`,
          `MODEL_PATH=/${appFolder}/model/denoiser.json`,
          'OPENBLAS_NUM_THREADS=1',
        ],
        ExposedPorts: { '50101/tcp': {}, '50201/tcp': {} },
      },
    },
    layout,
  )
  mkdirSync(dirname(values.output), { recursive: true })
  writeFileSync(values.output, archive)
  console.log(`${values.output}: ${(archive.length / 1024 ** 2).toFixed(1)} MiB, layout ${layout}`)
}

await runMain(main)
