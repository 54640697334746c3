import { SetStackPolicyCommand } from '@aws-sdk/client-cloudformation'
import { describe, expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { parameter, stacksOf } from '../../fixtures/stack.ts'

const { client, create, update, reasons } = stacksOf(contractAccount())

const allow = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }
const deny = (more: Record<string, unknown>) => ({ ...allow, Effect: 'Deny', ...more })
const policy = (...Statement: unknown[]) => ({ StackPolicyBody: JSON.stringify({ Statement }) })
const template = (name: string, value: string, ...more: string[]) => ({
  Resources: {
    Guarded: parameter(`/${name}/guarded`, value),
    ...Object.fromEntries(more.map((each) => [each, parameter(`/${name}/${each}`, value)])),
  },
})

describe('a stack policy', () => {
  it.each([
    [
      'a change',
      'modified',
      deny({ Action: 'Update:Modify', Resource: 'LogicalResourceId/Guarded' }),
      template('modified', 'after', 'Other'),
      'Guarded UPDATE_FAILED Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for resource [LogicalResourceId/Guarded]',
    ],
    [
      'a replacement, by type',
      'replaced',
      deny({
        Action: 'Update:Replace',
        Condition: { StringEquals: { ResourceType: ['AWS::SSM::Parameter'] } },
      }),
      template('renamed', 'before', 'Other'),
      'Guarded UPDATE_FAILED Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [*]',
    ],
    [
      'a deletion',
      'deleted',
      deny({ Action: ['Update:Delete'] }),
      template('deleted', 'before'),
      'deleted UPDATE_FAILED Action denied by stack policy: Statement [#2] does not allow [Update:Delete] for resource [*]',
    ],
  ])('denies %s, and the update rolls back', async (_, name, statement, next, event) => {
    await create(name, template(name, 'before', 'Other'), policy(allow, statement))
    expect(await update(name, next)).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' })
    expect(await reasons(name)).toContain(event)
  })

  it('denies what no statement allows', async () => {
    await create(
      'unnamed',
      template('unnamed', 'before'),
      policy({ ...allow, Resource: 'LogicalResourceId/Other' }),
    )
    await update('unnamed', template('unnamed', 'after'))
    expect(await reasons('unnamed')).toContain('Guarded UPDATE_FAILED Action not allowed by stack policy')
  })

  it('can be set aside for one update', async () => {
    await create('aside', template('aside', 'before'), policy(deny({})))
    const { StackPolicyBody } = policy(allow)
    const once = { StackPolicyDuringUpdateBody: StackPolicyBody }
    expect((await update('aside', template('aside', 'after'), once)).StackStatus).toBe('UPDATE_COMPLETE')
    expect((await update('aside', template('aside', 'again'))).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
  })

  it.each([
    ['is no JSON', 'x'],
    ['names a principal', JSON.stringify({ Statement: [{ ...allow, Principal: 'me' }] })],
    ['has an unknown action', JSON.stringify({ Statement: [{ ...allow, Action: 'Delete:*' }] })],
  ])('is refused where it %s', async (_, StackPolicyBody) => {
    await create('set', template('set', 'x')).catch(() => undefined)
    await expect(
      client.send(new SetStackPolicyCommand({ StackName: 'set', StackPolicyBody })),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Error validating stack policy: Invalid stack policy',
    })
  })
})
