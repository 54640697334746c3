import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv } from '../child-env.ts'

/** A program of others, and how it is installed. */
export type Tool = { name: string; versionArgs: readonly string[]; advice: string }

const debian = (name: string): Tool => ({
  ...{ name, versionArgs: ['--version'], advice: `apt-get install ${name}` },
})
const go = (name: string, path: string): Tool => ({
  ...{ name, versionArgs: ['version'], advice: `go install ${path}@latest` },
})

/** The programs that the images are checked with. */
export const tools = {
  registry: debian('docker-registry'),
  skopeo: debian('skopeo'),
  podman: debian('podman'),
  buildah: debian('buildah'),
  umoci: debian('umoci'),
  crane: go('crane', 'github.com/google/go-containerregistry/cmd/crane'),
  oras: go('oras', 'oras.land/oras/cmd/oras'),
  regctl: go('regctl', 'github.com/regclient/regclient/cmd/regctl'),
}

/** Returns whether a program is installed. */
export const isInstalled = ({ name, versionArgs }: Tool) => !spawnSync(name, versionArgs).error

/** Says in one sentence what is left out, and how to have it. */
export const describeMissing = ({ name, advice }: Tool) => `${name} is not installed; ${advice}`

/** Runs a program as a fresh runner would, with an empty home; what it says is in the error where it fails. */
export async function runTool({ name }: Tool, args: readonly string[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'verify-home-'))
  try {
    // Some packages bring no policy; signatures are not what is compared.
    const policies = join(home, '.config', 'containers')
    mkdirSync(policies, { recursive: true })
    writeFileSync(join(policies, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}')
    // The cache of skopeo lies in the home then, also for root: it would take known blobs over, of any compression.
    const env = childEnv(home, { XDG_RUNTIME_DIR: home, _CONTAINERS_ROOTLESS_UID: '1000' })
    await promisify(execFile)(name, args, { env, maxBuffer: 16 * 1024 ** 2 })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
