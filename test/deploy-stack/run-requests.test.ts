import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FakeStacks } from '../fakes/cloudformation/state.ts'
import { emptyStacks, findStack } from '../fakes/cloudformation.ts'
import type { DeploymentOptions } from '../fixtures/deployment.ts'
import { act, deploy, deployed, files, resultsOf, template, trouble } from '../fixtures/three-stacks.ts'

describe('the request of a stack', () => {
  const deployOne = async (account: FakeStacks, body: object, options: Partial<DeploymentOptions> = {}) =>
    await deploy(account, {
      ...options,
      files: { 'stacks.yml': 'stacks: {base: {template: base.json}}', 'base.json': JSON.stringify(body) },
    })
  const resources = { Thing: { Type: 'AWS::SNS::Topic', Properties: { Name: { Ref: 'Name' } } } }

  it('has the values of settings, outputs and assets, and packs the folders', async () => {
    const account = emptyStacks()
    const folder = mkdtempSync(join(tmpdir(), 'asset-'))
    writeFileSync(join(folder, 'index.js'), 'code')
    const stacks = `stacks:
  base: {template: base.json}
  app:
    template: app.json
    assets: {Code: ${relative(process.cwd(), folder)}}
    parameters:
      Name: '\${prefix}-\${account}-\${region}-\${base.Out}'
      Paused: '\${paused:\${prefix}-c/s}'
`
    const names = ['Name', 'Paused', 'CodeBucket', 'CodeKey', 'Prefix']
    const app = {
      Parameters: Object.fromEntries(names.map((name) => [name, { Type: 'String' }])),
      Resources: resources,
    }
    const given = { 'stacks.yml': stacks, 'base.json': files['base.json'], 'app.json': JSON.stringify(app) }
    const { outputs, objects } = await deploy(account, { files: given, paused: ['ddn-c/s'] })
    expect(outputs.result).toBe('created')
    const [key = ''] = [...objects.keys()]
    expect(key).toMatch(/^assets\/[0-9a-f]{64}\.zip$/)
    expect(Object.fromEntries(findStack(account, 'ddn-app')?.template?.parameters ?? [])).toEqual({
      Name: 'ddn-111122223333-ap-northeast-2-one',
      Paused: 'true',
      CodeBucket: 'ddn-toolkit',
      CodeKey: key,
      Prefix: 'ddn',
    })
  })

  it('is made with the rights of the service role', async () => {
    const role = 'arn:aws:iam::111122223333:role/make'
    const { serviceRole } = await deploy(emptyStacks(), { inputs: { 'cloudformation-role-arn': role } })
    expect(serviceRole).toBe(role)
  })

  it('takes the outputs of a stack that is not of this run', async () => {
    const account = await deployed()
    const { outputs } = await deploy(account, { inputs: { only: 'app', parameters: 'app.Value=two' } })
    expect(outputs).toMatchObject({ result: 'changed', changes: '1' })
    expect(findStack(account, 'ddn-app')?.template?.parameters.get('Url')).toBe('one')
  })

  it('keeps the value that a stack has, but none of one that has to be created again', async () => {
    const account = emptyStacks()
    const body = { Parameters: { Name: { Type: 'String' } }, Resources: resources }
    await deployOne(account, body, { inputs: { parameters: 'Name=first' } })
    expect((await deployOne(account, body)).outputs.result).toBe('no-changes')
    expect(findStack(account, 'ddn-base')?.template?.parameters.get('Name')).toBe('first')
    const failed = emptyStacks()
    trouble(failed, 'Thing', { at: 'create', reason: 'no' })
    await deployOne(failed, body, { inputs: { parameters: 'Name=first' } })
    await expect(deployOne(failed, body)).rejects.toThrow('parameters: base needs "Name"')
  })

  it('is not sent where nothing can change: two calls tell that', async () => {
    const account = await deployed()
    const calls: string[] = []
    const { outputs } = await deploy(account, { onCall: (name) => calls.push(name) })
    expect(outputs.result).toBe('no-changes')
    const each = ['describe', 'readTemplate']
    expect(calls.toSorted()).toEqual(each.flatMap((name) => [name, name, name]))
  })

  it('is not sent either where what was read is old: it is read again, and the stack described after', async () => {
    const account = await deployed()
    const calls: string[] = []
    const onCall = (name: string, value: unknown) => {
      if (String(value).includes('ddn-app')) calls.push(name)
    }
    const wider = {
      ...files,
      'base.json': template({ First: 'AWS::SSM::Parameter', More: 'AWS::SNS::Topic' }),
    }
    const inputs = { allow: 'base.Data' }
    const { report } = await deploy(account, { files: wider, inputs, onCall, lag: { changeSet: 20 } })
    expect(resultsOf({ report })).toMatchObject({ base: 'changed', app: 'no-changes' })
    expect(calls).toEqual(['readTemplate', 'describe', 'describe', 'readTemplate', 'describe'])
  })

  it.each(['deploy', 'preview', 'review'])(
    'is sent in a %s where the role may not read what is deployed',
    async (mode) => {
      const account = await deployed()
      const calls: string[] = []
      const onCall = (name: string) => {
        calls.push(name)
        if (name === 'readTemplate') throw Object.assign(new Error('denied'), { name: 'AccessDenied' })
      }
      const { outputs } = await act(account, { onCall, inputs: { mode } })
      expect(outputs.changes ?? '0').toBe('0')
      expect(calls.filter((name) => name === 'createChangeSet')).toHaveLength(3)
      calls.length = 0
      await act(account, { onCall: (name) => calls.push(name), inputs: { mode } })
      expect(calls).not.toContain('createChangeSet')
    },
  )

  it('is not sent where what is deployed cannot be read, and that is no denial', async () => {
    const account = await deployed()
    const onCall = (name: string) => {
      if (name === 'createChangeSet') expect.fail('sent')
      if (name !== 'readTemplate') return
      throw Object.assign(new Error('broken'), { $metadata: { httpStatusCode: 500 } })
    }
    await expect(deploy(account, { onCall, inputs: { only: 'beside' } })).resolves.toMatchObject({
      failure: expect.stringContaining('broken'),
    })
  })

  it('is not waited for twice where nothing answers', async () => {
    const calls: string[] = []
    const onCall = (name: string) => {
      calls.push(name)
      throw new Error('no answer')
    }
    await expect(deploy(emptyStacks(), { onCall, inputs: { only: 'beside' } })).rejects.toThrow('no answer')
    expect(calls).not.toContain('describe')
  })

  it('is sent where another deployment came since the stack was described', async () => {
    const account = await deployed()
    const stack = findStack(account, 'ddn-base')
    const others = ['createChangeSet', 'listEvents']
    const onCall = (name: string) => {
      if (name !== others[0] || !stack) return
      stack.status = others.shift() === 'createChangeSet' ? 'UPDATE_IN_PROGRESS' : 'UPDATE_COMPLETE'
    }
    const { outputs } = await deploy(account, { onCall, inputs: { parameters: 'base.Value=two' } })
    expect(outputs.result).toBe('changed')
  })

  it.each([
    [51_200, 0],
    [51_201, 1],
  ])('holds a template of %i bytes, or %i objects do', async (bytes, count) => {
    const body = { Description: '', Resources: { Thing: { Type: 'AWS::SNS::Topic' } } }
    body.Description = 'x'.repeat(bytes - JSON.stringify(body).length)
    expect((await deployOne(emptyStacks(), body)).objects.size).toBe(count)
  })

  it('names the objects of what templates name by a path, which a preview does not make', async () => {
    const nest = (TemplateURL: string) => ({
      Resources: { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } } },
    })
    const folder = mkdtempSync(join(tmpdir(), 'code-'))
    writeFileSync(join(folder, 'index.js'), 'one')
    const Code = relative(process.cwd(), folder)
    const account = emptyStacks()
    const run = async (mode: string) =>
      await deploy(account, {
        inputs: { mode },
        files: {
          'stacks.yml': 'stacks: {base: {template: base.json}}',
          'base.json': JSON.stringify(nest('b.json')),
          'b.json': JSON.stringify(nest('c.json')),
          'c.json': JSON.stringify({
            Resources: { Run: { Type: 'AWS::Lambda::Function', Properties: { Code } } },
          }),
        },
      })
    const { objects } = await run('deploy')
    const [[zip = '', inner = '', outer = ''], texts] = [
      [...objects.keys()],
      [...objects.values()].map(String),
    ]
    const address = (key: string) => `https://ddn-toolkit.s3.ap-northeast-2.amazonaws.com/${key}`
    expect(JSON.parse(texts[1] ?? '').Resources.Run.Properties.Code).toEqual({
      S3Bucket: 'ddn-toolkit',
      S3Key: zip,
    })
    expect(texts[2]).toContain(address(inner))
    const isNamed = () =>
      findStack(account, 'ddn-base')?.template?.resources.get('Inner')?.properties.includes(address(outer))
    expect(isNamed()).toBe(true)
    writeFileSync(join(folder, 'index.js'), 'two')
    const preview = await run('preview')
    expect([preview.outputs.changes, preview.objects.size]).toEqual(['1', 0])
    expect((await run('deploy')).outputs.result).toBe('changed')
    expect(isNamed()).toBe(false)
    rmSync(folder, { recursive: true })
    await expect(run('deploy')).rejects.toThrow(`assets: the folder ${Code} does not exist; was it built?`)
  })

  it('is not sent in a preview where the template does not fit into the call: texts are compared', async () => {
    const account = emptyStacks()
    const body = (bytes: number, Value: string) => {
      const made = {
        Description: '',
        Parameters: { Name: { Type: 'String', Default: 'a' } },
        Resources: { Thing: { Type: 'AWS::SSM::Parameter', Properties: { Value, Name: { Ref: 'Name' } } } },
      }
      return { ...made, Description: 'x'.repeat(bytes - JSON.stringify(made).length) }
    }
    const preview = async (bytes: number, value: string, parameters = '') => {
      const inputs = { mode: 'preview', parameters }
      const calls: string[] = []
      const options = { inputs, onCall: (name: string) => calls.push(name) }
      const { outputs, objects, summary } = await deployOne(account, body(bytes, value), options)
      return {
        changes: outputs.changes,
        sent: calls.includes('createChangeSet'),
        objects: objects.size,
        summary,
      }
    }
    expect(await preview(51_201, 'one')).toMatchObject({ changes: '1', sent: false })
    await deployOne(account, body(60_000, 'one'))
    expect(await preview(51_200, 'two')).toMatchObject({ changes: '1', sent: true })
    const long = await preview(51_201, 'two', 'Name=b')
    expect(long).toMatchObject({ changes: '1', sent: false, objects: 0 })
    expect(long.summary).toContain('Value: `one` → `two`<br>Name: `a` → `b` |')
    expect(long.summary).toContain('since a template of 51201 bytes would have to be uploaded')
    expect(await preview(60_000, 'one')).toMatchObject({ changes: '0', sent: false })
  })

  it('warns of values that the template warns of', async () => {
    const body = {
      Metadata: { Warnings: [{ Parameter: 'Name', Value: 'open', Text: 'anyone can call it' }] },
      Parameters: { Name: { Type: 'String', Default: 'closed' } },
      Resources: resources,
    }
    const account = emptyStacks()
    expect((await deployOne(account, body)).warnings).toEqual([])
    const { warnings } = await deployOne(account, body, { inputs: { parameters: 'Name=open' } })
    expect(warnings).toEqual(['ddn-base: Name=open: anyone can call it'])
  })

  it.each([{}, { mode: 'preview' }, { 'dry-run': 'true' }])(
    'is refused before anything is made where parameters do not go together, with %j',
    async (inputs) => {
      const size = { Type: 'Number', Default: 1 }
      const body = (constraint: object) => ({
        Metadata: { Constraints: [{ Parameter: 'Least', ...constraint }] },
        Parameters: {
          Least: size,
          Most: size,
          TaskGpus: size,
          InstanceType: { Type: 'String', Default: 'g5.xlarge' },
        },
        Resources: resources,
      })
      const account = emptyStacks()
      const refusals = [
        [{ AtMost: 'Most' }, 'Least=2', 'base.Least: expected at most Most, which is 1'],
        [{ OwnRegion: true }, 'Least=2', 'an ARN of the region ap-northeast-2'],
        [{ AtMost: 'Most' }, 'TaskGpus=2', 'at most the 1 GPU(s) of a g5.xlarge'],
      ] as const
      for (const [constraint, parameters, message] of refusals) {
        const ended = deployOne(account, body(constraint), { inputs: { ...inputs, parameters } })
        await expect(ended).rejects.toThrow(message)
      }
      expect(account.stacks).toEqual([])
    },
  )

  it.each([
    ['deploy', '; still costs: the resources of ddn-base, ddn-app, ddn-beside'],
    ['preview', ''],
  ])('ends a %s with validation-failed where it is refused', async (mode, costs) => {
    const account = await deployed()
    const onCall = (name: string, request: unknown) => {
      if (name === 'createChangeSet') Object(request).parameters.set('Odd', '')
    }
    const ended = await act(account, { onCall, inputs: { mode, parameters: 'app.Value=two' } })
    expect(ended.outputs.result).toBe('validation-failed')
    expect(ended.failure).toBe(
      `validation-failed: ddn-app: Parameters: [Odd] do not exist in the template${costs}`,
    )
  })

  it('is told with all that is wrong, and by the reason alone where the role may not read more', async () => {
    const account = await deployed()
    trouble(account, 'First', { at: 'validation', reason: 'no A' }, { at: 'validation', reason: 'no B' })
    const inputs = { parameters: 'base.Value=two' }
    expect((await deploy(account, { inputs })).failure).toBe(
      'validation-failed: ddn-base: First: no A; First: no B; still costs: the resources of ddn-base, ddn-app, ddn-beside',
    )
    trouble(account, 'First', { at: 'validation', reason: '' })
    expect((await deploy(account, { inputs })).failure).toContain('use the DescribeEvents API')
  })
})
