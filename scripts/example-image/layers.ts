import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from '../local-aws-process.ts'
import { makeTar, type TarFile } from './tar.ts'

const example = join(root, 'example')

/** Where the app and its model lie within the image. */
export const appFolder = 'opt/ddn'

/** Makes the layer of the app. */
export function makeAppLayer(): Buffer {
  return makeTar([...folders(appFolder), ...readTree(join(example, 'ddn'), `${appFolder}/ddn`)])
}

/** Makes the layer of the model's file. */
export function makeModelLayer(): Buffer {
  return makeTar([...folders(appFolder), ...readTree(join(example, 'model'), `${appFolder}/model`)])
}

/** Makes the layer of Python packages: wheels of example/requirements.txt, for the Python that is given. */
export function makePackagesLayer(python: string): { layer: Buffer; sitePackages: string } {
  const version = readVersion(python)
  const sitePackages = `usr/local/lib/python${version}/site-packages`
  return {
    layer: makeTar([
      ...folders(posix.dirname(sitePackages)),
      ...readTree(installPackages(python), sitePackages),
    ]),
    sitePackages: `/${sitePackages}`,
  }
}

// pip writes how and when it installed into RECORD, INSTALLER and direct_url.json, and compiles nothing here.
const ofThisInstall = /(^|\/)(RECORD|INSTALLER|REQUESTED|direct_url\.json|__pycache__)$|^bin$/

function readVersion(python: string): string {
  const script = 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")'
  return execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim()
}

/** Installs the packages of the example for a Python, once, and names their folder. */
export function installPackages(python: string): string {
  const version = readVersion(python)
  const requirements = join(example, 'requirements.txt')
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
  const folder = join(root, '.cache', `packages-${version}-${process.platform}-${process.arch}-${hash}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.${process.pid}`
  const flags = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-compile',
    '--require-hashes',
    '--only-binary',
    ':all:',
  ]
  execFileSync(python, ['-m', 'pip', 'install', ...flags, '--target', partial, '-r', requirements], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (existsSync(folder)) rmSync(partial, { recursive: true })
  else renameSync(partial, folder)
  return folder
}

function folders(path: string): TarFile[] {
  const parts = path.split('/')
  return parts.map((_, at) => ({ name: `${parts.slice(0, at + 1).join('/')}/` }))
}

function readTree(folder: string, name: string): TarFile[] {
  const entries = readdirSync(folder)
    .filter((entry) => !ofThisInstall.test(entry))
    .sort()
  const inner = entries.flatMap((entry): TarFile[] => {
    const path = join(folder, entry)
    if (statSync(path).isDirectory()) return readTree(path, `${name}/${entry}`)
    const executable = (statSync(path).mode & 0o100) !== 0
    return [{ name: `${name}/${entry}`, content: readFileSync(path), executable }]
  })
  return [{ name: `${name}/` }, ...inner]
}
