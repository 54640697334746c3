import { availableParallelism } from 'node:os'
import { type CompressionChoice, parseCompressionChoice } from '../../lib/compression/choice.ts'
import { UserError } from '../../lib/errors.ts'
import {
  boolean,
  integer,
  list,
  oneOf,
  optional,
  type RawInputs,
  refuseUnknown,
  required,
} from '../../lib/inputs.ts'
import { type Destination, parseDestination } from './destination.ts'

/** Severities of findings, the gravest first. */
export const severities = ['critical', 'high', 'medium', 'low', 'informational', 'undefined'] as const

/** A severity of a finding. */
export type Severity = (typeof severities)[number]

/** How a missing repository is made; the policy is the path of a JSON file. */
export type Creation = { immutable: boolean; scanOnPush: boolean; lifecyclePolicy: string | undefined }

/** What the user asks for. */
export type Inputs = {
  /** A path, or `s3://BUCKET/KEY`. */
  archive: string
  /** Reference, tag, digest or platform of one image of several. */
  image: string | undefined
  destination: Destination
  /** Tags or full references; empty where the archive's own tags are wanted. */
  tags: string[]
  compression: CompressionChoice
  /** Whether blobs of earlier images are used: as they are, after the local layers were hashed too, or not. */
  reuse: 'repository' | 'verify' | 'off'
  /** Name of another repository of the same registry. */
  mountFrom: string | undefined
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

const known = [
  ...['archive', 'image', 'repository', 'registry-id', 'tags', 'compression', 'compression-level', 'reuse'],
  ...['mount-from', 'concurrency', 'threads', 'retries', 'create-repository', 'immutable', 'scan-on-push'],
  ...['lifecycle-policy', 'scan', 'scan-threshold', 'insecure', 'username', 'password', 'dry-run'],
]

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  refuseUnknown(inputs, known)
  const cores = availableParallelism()
  const read: Inputs = {
    archive: required(inputs, 'archive'),
    image: optional(inputs, 'image'),
    destination: parseDestination(required(inputs, 'repository'), optional(inputs, 'registry-id')),
    tags: list(inputs, 'tags'),
    compression: parseCompressionChoice(
      optional(inputs, 'compression') ?? 'gzip',
      optional(inputs, 'compression-level'),
    ),
    reuse: oneOf(inputs, 'reuse', ['repository', 'verify', 'off'], 'repository'),
    mountFrom: optional(inputs, 'mount-from'),
    concurrency: integer(inputs, 'concurrency', { byDefault: 3, min: 1, max: 16 }),
    threads: integer(inputs, 'threads', { byDefault: Math.min(cores, 8), min: 1, max: 64 }),
    retries: integer(inputs, 'retries', { byDefault: 5, min: 0, max: 20 }),
    insecure: boolean(inputs, 'insecure', false),
    login: readLogin(inputs),
    creation: readCreation(inputs),
    scan: oneOf(inputs, 'scan', ['off', 'wait'], 'off'),
    scanThreshold: oneOf(inputs, 'scan-threshold', ['none', ...severities], 'none'),
    dryRun: boolean(inputs, 'dry-run', false),
  }
  refuseMisfits(read)
  return read
}

function readLogin(inputs: RawInputs): Inputs['login'] {
  const username = optional(inputs, 'username')
  const password = optional(inputs, 'password')
  if (username !== undefined && password !== undefined) return { username, password }
  if (username === undefined && password === undefined) return undefined
  const missing = username === undefined ? 'username' : 'password'
  throw new UserError(`${missing}: expected username and password together, got only one of them`)
}

function readCreation(inputs: RawInputs): Creation | undefined {
  const immutable = boolean(inputs, 'immutable', false)
  const scanOnPush = boolean(inputs, 'scan-on-push', false)
  const lifecyclePolicy = optional(inputs, 'lifecycle-policy')
  if (boolean(inputs, 'create-repository', false)) return { immutable, scanOnPush, lifecyclePolicy }
  const stray = Object.entries({
    immutable,
    'scan-on-push': scanOnPush,
    'lifecycle-policy': lifecyclePolicy,
  }).find(([, value]) => value)?.[0]
  if (stray === undefined) return undefined
  throw new UserError(
    `${stray}: expected create-repository "true" beside it, got "false"; it is for a repository that is made`,
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

/** Turns tags and full references of our own repository into tags; without any, takes the archive's, or `latest`. */
export function chooseTags(given: readonly string[], uri: string, archived: readonly string[]): string[] {
  const own = archived.map((reference) => reference.slice(reference.lastIndexOf(':') + 1))
  const tags = given.length > 0 ? given.map((text) => toTag(text, uri)) : own.length > 0 ? own : ['latest']
  return [...new Set(tags)]
}

function toTag(text: string, uri: string): string {
  const tag = text.startsWith(`${uri}:`) ? text.slice(uri.length + 1) : text
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) return tag
  throw new UserError(`tags: expected a tag, or a reference of ${uri}, got "${text}"`)
}
