import { listFirst } from '../../../lib/quote.ts'
import type { Triton } from '../inputs.ts'
import { type Caller, CheckFailure, parseJson, settled, success } from './caller.ts'

// What Triton answers while it is not ready; the rest of the protocol leaves it open:
// https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
const notReady = 400

/** Waits until Triton says that it is ready; gives the status. */
export async function waitForTriton({ url, headers }: Triton, caller: Caller): Promise<string> {
  const request = { method: 'GET', url: `${url}/v2/health/ready`, headers }
  return await caller.poll('Triton', async () => {
    const { status } = await caller.call('Triton', request, (each) => success(each) || each === notReady)
    return status === notReady ? undefined : String(status)
  })
}

/** Names the models that are ready. Throws CheckFailure where one that must be is not. */
export async function checkModels(triton: Triton, caller: Caller): Promise<string> {
  const models =
    triton.models.length > 0 ? await askForEach(triton, caller) : await listModels(triton, caller)
  const failed = models.filter(({ isReady }) => !isReady).map(({ name, detail }) => `${name}: ${detail}`)
  if (failed.length > 0) throw new CheckFailure(`models: expected them ready, got ${listFirst(failed)}`)
  if (models.length === 0) throw new CheckFailure('models: expected one that is ready, got none')
  return listFirst(models.map(({ name }) => name))
}

type Model = { name: string; isReady: boolean; detail: string }

async function askForEach({ url, headers, models }: Triton, caller: Caller): Promise<Model[]> {
  const found: Model[] = []
  for (const name of models) {
    const request = { method: 'GET', url: `${url}/v2/models/${encodeURIComponent(name)}/ready`, headers }
    const { status } = await caller.call('model', request, settled)
    found.push({ name, isReady: success(status), detail: String(status) })
  }
  return found
}

// https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_model_repository.html
async function listModels({ url, headers }: Triton, caller: Caller): Promise<Model[]> {
  const request = { method: 'POST', url: `${url}/v2/repository/index`, headers, body: '{}' }
  const found = parseJson('models', await caller.call('models', request, success))
  if (!Array.isArray(found)) throw new CheckFailure('models: expected a list of models, got another answer')
  return found.flatMap((entry): Model[] => {
    const { name, version = '', state, reason = '' } = Object(entry)
    // Those that nobody asked to load have no state, and those that somebody unloaded this reason.
    if (state === undefined || reason === 'unloaded') return []
    const detail = `${state}${reason && ` (${reason})`}`
    return [{ name: `${name} ${version}`.trim(), isReady: state === 'READY', detail }]
  })
}
