import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { listArns, parseCluster, parseService } from '../../lib/service/ecs-name.ts'
import { inputTable } from './input-table.ts'

/** The request of an inference, with placeholders. */
export type Contract = {
  uploadPath: string
  downloadPath: string
  method: string
  path: string
  body: string
  asyncHeaders: Readonly<Record<string, string>>
  /** Names of the fields on the way to the result's key; empty where the answer is the result. */
  resultPath: readonly string[]
  errorPath: readonly string[]
}

/** Where Triton answers, with what its calls carry, and the models that must be ready; empty for all that it has. */
export type Triton = {
  /** Without a slash at its end. */
  url: string
  headers: Readonly<Record<string, string>>
  models: readonly string[]
}

/** The inputs, parsed. */
export type Inputs = {
  /** Without a slash at its end. */
  url: string
  /** What every call of the API carries. */
  keyHeaders: Readonly<Record<string, string>>
  /** The same, of another user. */
  otherKeyHeaders: Readonly<Record<string, string>> | undefined
  picture: string | undefined
  clean: string | undefined
  inference: 'both' | 'sync' | 'async'
  pingPaths: readonly string[]
  /** Undefined where it is not to be asked. */
  triton: Triton | undefined
  contract: Contract
  /** The service behind the API, and the ARNs among its names; undefined where AWS is not to be asked. */
  target: { cluster: string; service: string; arns: readonly string[] } | undefined
  /** Zone of the times that are shown. */
  timeZone: string
  refusals: boolean
  longestUrlSeconds: number
  outputDirectory: string
  artifactName: string
  timeoutSeconds: number
  dryRun: boolean
}

/** Reads and checks the inputs; `mask` hides the keys. */
export function readInputs(raw: RawInputs, mask: (secret: string) => void): Inputs {
  const given = inputTable.read(raw, mask)
  const keyHeaders = (key: string | undefined) => (key ? { [given['api-key-header']]: key } : {})
  const pingPaths = given['ping-paths'].length > 0 ? given['ping-paths'] : ['/ping', '/ping/service']
  for (const path of pingPaths) if (!path.startsWith('/')) throw notAPath(path)
  const api = { url: withoutSlash(given.url), keyHeaders: keyHeaders(given['api-key']) }
  return {
    ...api,
    otherKeyHeaders: given['other-api-key'] === undefined ? undefined : keyHeaders(given['other-api-key']),
    picture: given.picture,
    clean: given.clean,
    inference: given.inference,
    pingPaths,
    triton: readTriton(given, api),
    contract: toContract(given),
    target: readTarget(given.cluster, given.service),
    timeZone: given.timezone,
    refusals: given.refusals,
    longestUrlSeconds: given['longest-url-minutes'] * 60,
    outputDirectory: given['output-directory'],
    artifactName: given['artifact-name'],
    timeoutSeconds: given['timeout-minutes'] * 60,
    dryRun: given['dry-run'],
  }
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '')

function readTriton(
  { triton, models }: Pick<ReturnType<typeof inputTable.read>, 'triton' | 'models'>,
  api: Pick<Inputs, 'url' | 'keyHeaders'>,
): Triton | undefined {
  if (triton === undefined) {
    if (models.length > 0) throw new UserError('models: goes with triton, got none')
    return undefined
  }
  if (!triton.startsWith('/')) return { url: withoutSlash(triton), headers: {}, models }
  return { url: withoutSlash(api.url + triton), headers: api.keyHeaders, models }
}

function readTarget(clusterText: string | undefined, serviceText: string | undefined): Inputs['target'] {
  if (clusterText === undefined && serviceText === undefined) return undefined
  if (clusterText === undefined || serviceText === undefined) {
    const missing = clusterText === undefined ? 'cluster' : 'service'
    throw new UserError(`${missing}: expected a value beside the other of cluster and service, got none`)
  }
  const cluster = parseCluster(clusterText, 'cluster')
  const service = parseService(serviceText, cluster, 'service')
  return { cluster, service, arns: listArns([clusterText, serviceText]) }
}

function toContract(given: ReturnType<typeof inputTable.read>): Contract {
  const { method, path, body } = given
  const asyncHeaders = Object.fromEntries(given['async-headers'])
  const contract: Contract = {
    uploadPath: given['upload-path'],
    downloadPath: given['download-path'],
    ...{ method, path, body },
    asyncHeaders: Object.keys(asyncHeaders).length > 0 ? asyncHeaders : { prefer: 'respond-async' },
    resultPath: given['result-path'].split('.').filter(Boolean),
    errorPath: given['error-path'].split('.').filter(Boolean),
  }
  if (!`${path}${method === 'GET' ? '' : body}`.match(/\{(key|file)\}/)) {
    throw new UserError(
      'body: expected {key} or {file} in the body or the path, which names the picture; got neither',
    )
  }
  return contract
}

const notAPath = (path: string) =>
  new UserError(`ping-paths: expected paths that begin with "/", got "${path}"`)
