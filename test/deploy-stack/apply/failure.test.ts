import { expect, it } from 'vitest'
import { explainOperation, readService } from '../../../actions/deploy-stack/apply/failure.ts'
import type { ApplyContext } from '../../../actions/deploy-stack/context.ts'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import { emptyStacks, fakeCloudFormation } from '../../fakes/cloudformation.ts'
import { makeContext } from '../../fixtures/context.ts'

const stackType = 'AWS::CloudFormation::Stack'
const event = (logicalId: string, status: string, reason = '', physicalId = '', seconds = 0): StackEvent => ({
  ...{ id: logicalId + status, time: new Date(seconds * 1000), logicalId, physicalId, status, reason },
  ...{ type: physicalId.includes(':stack/') ? stackType : 'AWS::SSM::Parameter', token: '', operationId: '' },
})

const arnOf = (name: string) => `arn:aws:cloudformation:eu-west-1:1:stack/${name}/x`
// As in aws/aws-cdk-cli#635 and aws/aws-cdk#27318.
const wrapped = (name: string, inner: string) =>
  `Embedded stack ${arnOf(name)} was not successfully created: The following resource(s) failed to create: [${inner}]. `

const explain = async (events: readonly StackEvent[], nested: Record<string, readonly StackEvent[]>) => {
  const context = {
    ...{ ...makeContext(), operations: new Map(), links: new Map(), deadline: 0, runToken: 'deploy-1' },
    cloudFormation: {
      ...fakeCloudFormation(emptyStacks()),
      listEvents: async (arn: string) => {
        const found = nested[arn]
        if (!found) throw new Error('denied')
        return [...found]
      },
    },
    serviceEvidence: { read: async () => undefined },
  }
  return await explainOperation(events, 'ddn-a', context, new Map())
}

const outer = [
  event('ddn-a', 'CREATE_IN_PROGRESS', '', arnOf('ddn-a'), 10),
  event('Child', 'CREATE_FAILED', wrapped('ddn-a-Child', 'P'), arnOf('ddn-a-Child'), 20),
  event(
    'ddn-a',
    'ROLLBACK_IN_PROGRESS',
    'The following resource(s) failed to create: [Child].',
    arnOf('ddn-a'),
    30,
  ),
]

it('tells the failure of a nested stack by its inner resource, at any depth', async () => {
  const child = [
    event('Old', 'CREATE_FAILED', 'long ago', '', 1),
    event('Grand', 'CREATE_FAILED', wrapped('ddn-a-Grand', 'P'), arnOf('ddn-a-Grand'), 15),
  ]
  const nested = {
    [arnOf('ddn-a-Child')]: child,
    [arnOf('ddn-a-Grand')]: [event('P', 'CREATE_FAILED', '/p already exists', '', 12)],
  }
  expect(await explain(outer, nested)).toEqual({
    logicalId: 'Child',
    cause: expect.stringMatching(
      /^Child\/Grand\/P \(AWS::SSM::Parameter\): \/p already exists; take another name/,
    ),
  })
})

it('tells it by its own words where the events of the nested stack cannot be read', async () => {
  expect((await explain(outer, {}))?.cause).toMatch(/^Child \(AWS::CloudFormation::Stack\): Embedded stack/)
})

it.each([
  ['arn:aws:ecs:eu-west-1:1:service/c/s', ['c', 's']],
  ['arn:aws:ecs:eu-west-1:1:service/s', ['default', 's']],
  ['s', undefined],
])('asks about the service %s since shortly before its first event', async (physicalId, asked) => {
  const of = (status: string, id: string, seconds: number) => ({
    ...event('Server', status, '', id, seconds),
    type: 'AWS::ECS::Service',
  })
  const events = [
    event('Other', 'CREATE_FAILED', '', '', 10),
    of('CREATE_IN_PROGRESS', '', 20),
    of('CREATE_FAILED', physicalId, 90),
  ]
  const calls: unknown[] = []
  const context = {
    ...makeContext(),
    serviceEvidence: { read: async (...of: unknown[]) => void calls.push(of) },
  }
  await readService(events[2] ?? expect.fail('no event'), events, context as unknown as ApplyContext)
  const other = { ...event('Server', 'CREATE_FAILED', '', physicalId, 90), type: 'AWS::ECS::TaskSet' }
  await readService(other, [other], context as unknown as ApplyContext)
  expect(calls).toEqual(asked ? [[...asked, new Date(10_000)]] : [])
})

it('ends where a nested stack names itself', async () => {
  const circle = { [arnOf('ddn-a-Child')]: outer.slice(1) }
  expect((await explain(outer, circle))?.cause).toMatch(/^(Child\/){5}Child \(AWS/)
})
