import { availableParallelism } from 'node:os'
import { type CompressionChoice, parseCompressionChoice } from '../../lib/compression/choice.ts'
import { UserError } from '../../lib/errors.ts'
import type { RawInputs, Values } from '../../lib/inputs.ts'
import { isDigest } from '../../lib/oci/digest.ts'
import { isRepositoryName, isTag, parseReference } from '../../lib/oci/reference.ts'
import { quote } from '../../lib/quote.ts'
import { isPrefix, prefixRule } from '../../lib/service/prefix.ts'
import { type Annotation, parseAnnotations } from './annotations.ts'
import { type Destination, parseDestination } from './destination.ts'
import { inputTable, type severities } from './input-table.ts'
import { parseTag, type WantedTag } from './tags.ts'

/** A severity of a finding. */
export type Severity = (typeof severities)[number]

/** How a missing repository is made; the policy is the path of a JSON file. */
export type Creation = { immutable: boolean; scanOnPush: boolean; lifecyclePolicy: string | undefined }

/** The inputs, parsed. */
export type Inputs = {
  /** A path, or `s3://BUCKET/KEY`. */
  archive: string
  /** References, tags, digests or platforms of some images of several, or all; empty for the only one. */
  images: readonly string[] | 'all'
  destination: Destination
  /** Tags or full references; empty where the archive's own tags are wanted. */
  tags: WantedTag[]
  annotations: readonly Annotation[]
  compression: CompressionChoice
  /** Whether blobs of earlier images are used: as they are, after the local layers were hashed too, or not. */
  reuse: 'repository' | 'verify' | 'off'
  /** Name of another repository of the same registry. */
  mountFrom: string | undefined
  /** Where it is remembered what layers became: a folder, undefined for that of the user, or a toolkit's bucket. */
  cache: { kind: 'folder'; path: string } | { kind: 'toolkit'; prefix: string } | undefined
  concurrency: number
  threads: number
  retries: number
  insecure: boolean
  login: { username: string; password: string } | undefined
  /** `undefined` where a missing repository is an error. */
  creation: Creation | undefined
  scan: 'off' | 'wait'
  /** The mildest severity that fails the step. */
  scanThreshold: Severity | 'none'
  dryRun: boolean
}

type Given = Values<(typeof inputTable)['rows']>

/** Reads and checks the inputs; `mask` hides the secret ones in every later line of the log. */
export function readInputs(inputs: RawInputs, mask?: (secret: string) => void): Inputs {
  const given = inputTable.read(inputs, mask)
  refuseSecrets(given)
  const read: Inputs = {
    archive: given.archive,
    images: readImageNames(given.image),
    destination: parseDestination(given.repository, given['registry-id']),
    tags: given.tags.map(parseTag),
    annotations: parseAnnotations(given.annotations),
    compression: parseCompressionChoice(given.compression, given['compression-level']),
    reuse: given.reuse,
    mountFrom: checkMountFrom(given['mount-from']),
    cache: readCache(given.cache),
    concurrency: given.concurrency,
    threads: given.threads ?? Math.min(availableParallelism(), 8),
    retries: given.retries,
    insecure: given.insecure,
    login: readLogin(given),
    creation: readCreation(given),
    scan: given.scan,
    scanThreshold: given['scan-threshold'],
    dryRun: given['dry-run'],
  }
  refuseMisfits(read)
  return read
}

// A platform such as linux/arm64/v8 is a name by its grammar.
function readImageNames(names: readonly string[]): Inputs['images'] {
  if (names.includes('all') && names.length === 1) return 'all'
  const odd = names.find((text) => !isTag(text) && !isDigest(text) && !parseReference(text))
  if (odd === undefined) return names
  throw new UserError(`image: expected a reference, tag, digest or platform, got ${quote(odd)}`)
}

function checkMountFrom(name: string | undefined): string | undefined {
  if (name === undefined || isRepositoryName(name)) return name
  throw new UserError(
    `mount-from: expected the name of a repository of the same registry such as team/app, got ${quote(name)}`,
  )
}

function readCache(text: string | undefined): Inputs['cache'] {
  if (text === undefined) return undefined
  const [, prefix] = /^toolkit:(.*)$/.exec(text) ?? []
  if (prefix === undefined) return { kind: 'folder', path: text }
  if (isPrefix(prefix)) return { kind: 'toolkit', prefix }
  throw new UserError(`cache: expected a prefix after "toolkit:", of ${prefixRule}, got ${quote(prefix)}`)
}

// Such a value holds a secret, and is shown nowhere.
function refuseSecrets({ archive, repository }: Given): void {
  if (/^https?:/i.test(archive))
    throw new UserError('archive: expected a path or s3://BUCKET/KEY, got a web address; download it first')
  if (archive === '-')
    throw new UserError(
      'archive: expected a path or s3://BUCKET/KEY, got "-"; write the archive to a file first',
    )
  if (!repository.includes('@')) return
  throw new UserError(
    'repository: expected a name without "@", got one; set a user by the inputs username and password, and leave out a digest',
  )
}

function readLogin({ username, password }: Given): Inputs['login'] {
  if (username !== undefined && password !== undefined) return { username, password }
  if (username === undefined && password === undefined) return undefined
  const missing = username === undefined ? 'username' : 'password'
  throw new UserError(`${missing}: expected username and password together, got only one of them`)
}

function readCreation(given: Given): Creation | undefined {
  const settings = ['immutable', 'scan-on-push', 'lifecycle-policy'] as const
  if (given['create-repository']) {
    const { immutable, 'scan-on-push': scanOnPush, 'lifecycle-policy': lifecyclePolicy } = given
    return { immutable, scanOnPush, lifecyclePolicy }
  }
  const stray = settings.find((name) => given[name])
  if (stray === undefined) return undefined
  throw new UserError(
    `${stray}: expected create-repository "true" beside it, got "false"; it applies to a repository that is created`,
  )
}

function refuseMisfits({ destination, login, insecure, creation, scan, scanThreshold }: Inputs): void {
  const isEcr = destination.kind === 'ecr'
  const stray = isEcr
    ? { username: login !== undefined, insecure }
    : { 'create-repository': creation !== undefined, scan: scan !== 'off' }
  const name = Object.entries(stray).find(([, isGiven]) => isGiven)?.[0]
  if (name !== undefined) {
    const reason = isEcr ? 'ECR has its own credentials and TLS' : 'only ECR has it'
    throw new UserError(`${name}: expected none for this repository, got a value; ${reason}`)
  }
  if (scanThreshold !== 'none' && scan === 'off')
    throw new UserError('scan-threshold: expected scan "wait" beside it, got "off"; set scan to wait')
}
