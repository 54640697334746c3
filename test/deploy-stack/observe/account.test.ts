import { expect, it } from 'vitest'
import type { StackContext } from '../../../actions/deploy-stack/context.ts'
import { observeAccount } from '../../../actions/deploy-stack/observe/account.ts'
import { gpuQuota as quota } from '../../../lib/service/gpu-quota.ts'
import { fakeClock } from '../../fakes/clock.ts'
import { makeContext } from '../../fixtures/context.ts'

const nothing = { subnets: [], gpus: [], images: [], offers: [], certificates: [], logs: [], exports: [] }

function open() {
  const asked: unknown[] = []
  const answer = (what: string, found: unknown) => async (about: unknown) => {
    asked.push([what, about])
    return found
  }
  const connections = {
    region: 'eu-west-1',
    describeSubnets: answer('subnets', []),
    listOfferedZones: answer('offer', ['z1']),
    describeCertificate: answer('certificate', 'missing'),
    describeLogBucket: answer('bucket', 'missing'),
    subscriptions: { list: answer('group', undefined) },
    listInstances: answer('instances', []),
    quotas: { read: answer('quota', 8), listRequested: answer('requests', []) },
    imageTags: { exists: async (repository: string, digest: string) => answer(repository, false)(digest) },
  }
  const cloudFormation = { listImports: answer('export', ['other']) }
  const context = { ...makeContext(), clock: fakeClock(), connections, cloudFormation }
  return { asked, context: context as unknown as StackContext }
}

it('asks nothing about nothing', async () => {
  const { asked, context } = open()
  expect(await observeAccount(nothing, context)).toMatchObject({ subnets: [], region: 'eu-west-1' })
  expect(asked).toEqual([])
})

it('asks once about each thing, whatever wants it, and about a log destination what its kind wants', async () => {
  const { asked, context } = open()
  const twice = <T>(one: T) => [one, one]
  const state = await observeAccount(
    {
      subnets: [{ ids: ['a', 'b'] }],
      offers: twice({ type: 'g4dn.xlarge', subnetIds: ['b', 'c'] }),
      gpus: twice({ quota }),
      images: twice({ repository: 'app', digest: 'sha256:1' }),
      certificates: twice({ arn: 'arn:certificate' }),
      logs: [
        ...twice({ kind: 'log-bucket' as const, name: 'logs' }),
        { kind: 'subscribable' as const, name: '/group' },
      ],
      exports: twice({ name: 'shared' }),
    },
    context,
  )
  expect(asked).toEqual([
    ['subnets', ['a', 'b', 'c']],
    ['quota', quota.code],
    ['instances', quota.families],
    ['requests', quota.code],
    ['app', 'sha256:1'],
    ['offer', 'g4dn.xlarge'],
    ['certificate', 'arn:certificate'],
    ['bucket', 'logs'],
    ['group', '/group'],
    ['export', 'shared'],
  ])
  expect(state.quotas).toEqual(new Map([[quota.code, { applied: 8, used: 0, requested: [] }]]))
  expect([...state.images, ...state.subscriptions, ...state.imports]).toEqual([
    ['sha256:1', false],
    ['/group', 'missing'],
    ['shared', ['other']],
  ])
})
