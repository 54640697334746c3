import { CreateStackCommand, type Parameter } from '@aws-sdk/client-cloudformation'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { describe, expect, it } from 'vitest'
import { contractAccount } from '../../contract-account.ts'
import { parameter, stacksOf } from '../../fixtures/stack.ts'

const account = contractAccount()
const { client, create, update, describe: describeStack, review } = stacksOf(account)

const given = (values: Record<string, string>): Parameter[] =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }))
const template = (definition: Record<string, unknown>) => ({
  Parameters: { P: { Type: 'String', ...definition } },
  Resources: { A: parameter(`/p-${account.account}`) },
})

describe('the value of a parameter', () => {
  it.each<[string, Record<string, unknown>, Record<string, string>, string]>([
    ['is missing', {}, {}, 'Parameters: [P] must have values'],
    ['has no place', { Default: 'x' }, { Q: 'x', R: 'y' }, 'Parameters: [Q, R] do not exist in the template'],
    [
      'is not among those allowed',
      { AllowedValues: ['a', 'b'] },
      { P: 'c' },
      "Parameter 'P' must be one of AllowedValues",
    ],
    ['does not match', { AllowedPattern: '[a-z]+' }, { P: 'A' }, "Parameter 'P' must match pattern [a-z]+"],
    [
      'does not match, with a description',
      { AllowedPattern: '[a-z]+', ConstraintDescription: 'only small letters.' },
      { P: 'A' },
      'Parameter P failed to satisfy constraint: only small letters.',
    ],
    ['is too short', { MinLength: 3 }, { P: 'ab' }, "Parameter 'P' must contain at least 3 characters"],
    ['is too long', { MaxLength: 1 }, { P: 'ab' }, "Parameter 'P' must contain at most 1 characters"],
    ['is no number', { Type: 'Number' }, { P: 'x' }, "Parameter 'P' must be a number."],
    [
      'is too small',
      { Type: 'Number', MinValue: 3 },
      { P: '2' },
      "Parameter 'P' must be a number not less than 3",
    ],
    [
      'is too large',
      { Type: 'Number', MaxValue: 3 },
      { P: '4' },
      "Parameter 'P' must be a number not greater than 3",
    ],
    [
      'is not stored',
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      { P: '/nowhere' },
      'Unable to fetch parameters [/nowhere] from parameter store for this account.',
    ],
  ])('is refused where it %s', async (_, definition, values, message) => {
    const command = new CreateStackCommand({
      StackName: 'refused',
      TemplateBody: JSON.stringify(template(definition)),
      Parameters: given(values),
    })
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationError', message })
  })

  it('is refused where the stack has none to keep', async () => {
    await create('previous', template({ Default: 'x' }))
    const next = { ...template({ Default: 'x' }), Parameters: { Q: { Type: 'String' } } }
    await expect(
      update('previous', next, { Parameters: [{ ParameterKey: 'Q', UsePreviousValue: true }] }),
    ).rejects.toThrow(
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    )
  })

  it('may match a pattern that only Java reads', async () => {
    const java = {
      ...template({ AllowedPattern: '[a-z&&[^x]]+', Default: 'abc' }),
      Resources: { A: parameter('/java') },
    }
    expect((await create('java', java)).StackStatus).toBe('CREATE_COMPLETE')
  })

  it('is checked member by member in a list', async () => {
    const list = {
      Parameters: { P: { Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] } },
      Resources: { A: parameter('/list', { 'Fn::Join': ['+', { Ref: 'P' }] }) },
      Outputs: { O: { Value: { 'Fn::GetAtt': ['A', 'Value'] } } },
    }
    const { Outputs } = await create('list', list, { Parameters: given({ P: 'a, b' }) })
    expect(Outputs).toMatchObject([{ OutputValue: 'a+b' }])
  })

  it('is read from the parameter store', async () => {
    await new SSMClient(account.config).send(
      new PutParameterCommand({ Name: '/stored', Value: 'secretly', Type: 'String' }),
    )
    const stored = {
      Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/stored' } },
      Resources: { A: parameter('/read') },
      Outputs: { O: { Value: { Ref: 'P' } } },
    }
    expect((await create('stored', stored)).Outputs).toMatchObject([{ OutputValue: 'secretly' }])
  })
})

describe('a parameter with NoEcho', () => {
  const secret = {
    Parameters: { Secret: { Type: 'String', NoEcho: true }, Open: { Type: 'String', Default: 'o' } },
    Resources: {
      A: parameter('/hidden', { 'Fn::Sub': 'key=${Secret}' }),
      B: parameter('/shown', { Ref: 'Open' }),
    },
  }

  it('is masked in stacks, change sets, and the values of changes', async () => {
    const changeSet = await review('hidden', secret, {
      ChangeSetType: 'CREATE',
      Parameters: given({ Secret: 'hunter2' }),
    })
    expect(changeSet.Parameters).toContainEqual({ ParameterKey: 'Secret', ParameterValue: '****' })
    await create('masked', secret, { Parameters: given({ Secret: 'hunter2' }) })
    const changed = await review('masked', secret, { Parameters: given({ Secret: 'hunter3', Open: 'p' }) })
    expect(JSON.stringify([changeSet, changed, await describeStack('masked')])).not.toMatch(/hunter/)
    expect(JSON.stringify(changed)).toContain('key=****')
  })
})
