import { afterEach, describe, expect, it } from 'vitest'
import type { ImageScan } from '../../lib/aws/ecr-scan.ts'
import { AwsUserError } from '../../lib/aws/errors.ts'
import { UserError } from '../../lib/errors.ts'
import { type FakeEcr, fakeEcr } from '../fakes/ecr.ts'
import { ecr as quirks } from '../fakes/oci-registry/quirks.ts'
import { type OciRegistry, startOciRegistry } from '../fakes/oci-registry.ts'
import { makeImageArchive, writeTemporary } from '../fixtures/archive.ts'
import { type PushOptions, runPush, sendsOf, tagsOf } from '../fixtures/push.ts'

const registries: OciRegistry[] = []
afterEach(() => {
  for (const registry of registries.splice(0)) registry.close()
})

const mutable = { immutable: false, scanOnPush: false, lifecyclePolicy: undefined }

async function start({ immutable = false, scan = [] as ImageScan[], repositories = ['team/app'] } = {}) {
  const registry = await startOciRegistry({
    access: { kind: 'ecr' },
    quirks: { ...quirks, immutableTags: immutable },
    repositories: ['team/app', 'made'],
  })
  registries.push(registry)
  const state: FakeEcr = {
    repositories: new Map(repositories.map((name) => [name, { ...mutable, immutable }])),
    scan,
  }
  const ecr = fakeEcr(state, registry)
  const push = (
    archive: Uint8Array,
    { inputs = {}, ...more }: PushOptions & { inputs?: Record<string, string> } = {},
  ) => runPush(archive, { repository: 'team/app', tags: 'v1', ...inputs }, { ecr, ...more })
  return { registry, state, push }
}

const image = makeImageArchive(['one', 'two'])
const changed = makeImageArchive(['one', 'another'])

describe('a push to ECR', () => {
  it('uses a token that it masks, and names the image by its URI', async () => {
    const { registry, push } = await start()
    const { outputs, secrets, summary } = await push(image)
    expect(outputs['image-uri']).toBe(`${registry.host}/team/app@${outputs.digest}`)
    expect(secrets.length).toBeGreaterThan(0)
    expect(summary).toContain(`docker pull ${outputs['image-uri']}`)
  })

  it('finds the layers of the newest images, whatever their tags', async () => {
    const { registry, push } = await start()
    await push(image)
    await push(changed, { inputs: { tags: 'v2' } })
    expect(sendsOf(registry)).toHaveLength(3)
  })

  it('takes full references of its repository as tags, also where it is yet to be made', async () => {
    const { registry, push } = await start()
    await push(image, { inputs: { tags: `${registry.host}/team/app:v3` } })
    expect(Object.keys(tagsOf(registry))).toEqual(['v3'])
    const tags = `${registry.host}/made:v4`
    await push(image, { inputs: { repository: 'made', 'create-repository': 'true', tags } })
    expect(Object.keys(tagsOf(registry, 'made'))).toEqual(['v4'])
  })

  it('leaves an immutable tag that names this image, and refuses another before any byte is sent', async () => {
    const { registry, push } = await start({ immutable: true })
    await push(image)
    expect((await push(image)).outputs.result).toBe('unchanged')
    const requests = registry.requests.length
    await expect(push(changed)).rejects.toThrow(
      new UserError(
        `tags: "v1" names another image in ${registry.host}/team/app, whose tags are immutable; choose another tag`,
      ),
    )
    expect(registry.requests.slice(requests).every(({ method }) => /GET|HEAD/.test(method))).toBe(true)
    expect((await push(changed, { inputs: { tags: 'v2' } })).outputs.result).toBe('pushed')
  })

  it('goes on with a new token where the registry takes the old one no more', async () => {
    const { registry, push } = await start()
    const refused = registry.fail({ operation: 'send', trouble: { kind: 'status', status: 401 } })
    const onLine = (line: string) => {
      if (line.startsWith('sent sha256:')) registry.revokeTokens()
    }
    const { outputs, secrets } = await push(image, { onLine, inputs: { concurrency: '1' } })
    expect(outputs.result).toBe('pushed')
    expect(refused.fired).toBe(1)
    expect(new Set(registry.requests.map(({ authorization }) => authorization)).size).toBeGreaterThan(2)
    const sent = registry.requests.flatMap(({ authorization = '' }) => authorization.split(' ')[1] ?? [])
    expect(secrets).toEqual(expect.arrayContaining(sent))
  })

  it('fails where its repository vanishes meanwhile', async () => {
    const { registry, push } = await start()
    const onLine = (line: string) => {
      if (line.startsWith('move tag')) (registry.repositories as Map<string, unknown>).delete('team/app')
    }
    await expect(push(image, { onLine })).rejects.toThrow(
      /^POST http:.*: socket hang up; ECR drops the connection where the repository is gone, or the role lacks ecr:InitiateLayerUpload$/,
    )
  })

  it('needs neither description of repositories nor of images', async () => {
    const { registry, state, push } = await start()
    const refuse = async () => {
      throw new AwsUserError('ecr:DescribeX: denied', new Error('denied'), 'AccessDeniedException')
    }
    const ecr = { ...fakeEcr(state, registry), describe: refuse, listNewest: refuse }
    const { outputs, lines } = await push(image, { ecr })
    expect(outputs).toMatchObject({
      result: 'pushed',
      'image-uri': `${registry.host}/team/app@${outputs.digest}`,
    })
    expect(lines.filter((line) => line.endsWith(': ecr:DescribeX: denied'))).toEqual([
      expect.stringMatching(/^repository: whether it exists, and which tags are immutable, is not known/),
      expect.stringMatching(/^reuse: earlier images cannot be read/),
    ])
  })

  it('passes on what else goes wrong when its repository is described', async () => {
    const { registry, state, push } = await start()
    const describe = async () => {
      throw new Error('no endpoint answers')
    }
    await expect(push(image, { ecr: { ...fakeEcr(state, registry), describe } })).rejects.toThrow(
      'no endpoint',
    )
  })

  it('names the repository that is missing, and makes it as asked', async () => {
    const { registry, state, push } = await start({ repositories: [] })
    await expect(push(image)).rejects.toThrow('repository: "team/app" does not exist')
    const policy = '{"rules":[]}'
    const inputs = {
      ...{ 'create-repository': 'true', immutable: 'true', 'scan-on-push': 'true' },
      'lifecycle-policy': writeTemporary(Buffer.from(policy), 'policy.json'),
    }
    const planned = await push(image, { inputs: { ...inputs, 'dry-run': 'true' } })
    expect([planned.lines[0], state.repositories.size]).toEqual(['create the repository', 0])
    expect((await push(image, { inputs })).outputs.result).toBe('pushed')
    expect(state.repositories.get('team/app')).toEqual({
      immutable: true,
      scanOnPush: true,
      lifecyclePolicy: policy,
    })
    expect(Object.keys(tagsOf(registry))).toEqual(['v1'])
  })

  it('refuses a lifecycle policy that is not JSON, before the repository is made', async () => {
    const { state, push } = await start({ repositories: [] })
    const path = writeTemporary(Buffer.from('rules: []'), 'policy.json')
    const inputs = { 'create-repository': 'true', 'lifecycle-policy': path }
    await expect(push(image, { inputs })).rejects.toThrow(`lifecycle-policy: ${path}: expected JSON`)
    expect(state.repositories.size).toBe(0)
  })

  it.each([
    ['start', 'ecr:InitiateLayerUpload'],
    ['send', 'ecr:UploadLayerPart'],
    ['commit', 'ecr:CompleteLayerUpload'],
  ] as const)('names the permission that is missing to %s an upload', async (operation, action) => {
    const { registry, push } = await start()
    const body = '{"errors":[{"code":"DENIED","message":"not authorized"}]}'
    const fault = registry.fail({ operation, times: 9, trouble: { kind: 'status', status: 403, body } })
    await expect(push(image)).rejects.toThrow(
      new RegExp(
        `: 403 DENIED: not authorized; give the role the permission ${action}, see docs/permissions.md$`,
      ),
    )
    expect(fault.fired).toBeGreaterThan(0)
  })
})

describe('a scan', () => {
  const complete = (counts: Record<string, number>): ImageScan => ({ kind: 'complete', counts })
  const inputs = { scan: 'wait', 'scan-threshold': 'high' }

  it('is waited for, and its findings are told', async () => {
    const { push } = await start({ scan: [{ kind: 'running' }, complete({ LOW: 3, MEDIUM: 1 })] })
    const { outputs, summary, failure, report } = await push(image, { inputs })
    expect(outputs).toMatchObject({ result: 'pushed', 'scan-findings': '{"medium":1,"low":3}' })
    expect(summary).toContain('| medium | 1 |')
    expect(report).toMatchObject({ scanFindings: { medium: 1, low: 3 } })
    expect(failure).toBeUndefined()
  })

  it('with findings at the threshold fails the step, whose outputs are there', async () => {
    const { push } = await start({ scan: [complete({ CRITICAL: 1, HIGH: 2, LOW: 3 })] })
    const { outputs, failure } = await push(image, { inputs })
    expect(outputs).toMatchObject({ result: 'pushed', digest: expect.stringMatching(/^sha256:/) })
    expect(failure).toBe(
      'image scan: expected no finding of high or above, got 1 critical, 2 high; the image is pushed: do not deploy it',
    )
  })

  it('that fails fails the step, whose outputs are there', async () => {
    const { push } = await start({ scan: [{ kind: 'failed', reason: 'UnsupportedImageError' }] })
    const { outputs, failure } = await push(image, { inputs })
    expect(outputs).toMatchObject({ result: 'pushed', digest: expect.stringMatching(/^sha256:/) })
    expect(failure).toMatch(/^image scan of sha256:\w+: UnsupportedImageError; the image is pushed$/)
  })
})
