import { expect, it } from 'vitest'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { fillStored, listStored, listStoredSecrets } from '../../../actions/deploy-stack/plan/stored.ts'

const body = `Parameters:
  Key: {Type: String, NoEcho: true}
  Size: {Type: String, AllowedValues: [small, large]}
Resources: {A: {Type: AWS::SNS::Topic}}`
const text = (value: string) => ({ kind: 'text', text: value })
const ssm = { kind: 'ssm', name: '/size' }
const whole = { kind: 'secret', name: 'app', key: undefined }
const part = { kind: 'secret', name: 'app', key: 'password' }
const stored = new Map([
  ['ssm /size', { text: 'large', isSecret: false }],
  ['secret app', { text: '{"password": "hunter2"}', isSecret: true }],
])

/** Makes the steps of one stack, whose parameters are made of pieces. */
const stepsOf = (parameters: Record<string, object[]>) =>
  [
    {
      ...{ key: 'app', template: parseTemplate(body, 't.yml') },
      parameters: new Map(
        Object.entries(parameters).map(([name, value]) => [name, { kind: 'value', value }]),
      ),
    },
  ] as unknown as Parameters<typeof fillStored>[0]
const fill = (parameters: Record<string, object[]>, values: Parameters<typeof fillStored>[1] = stored) =>
  fillStored(stepsOf(parameters), values)[0]?.parameters

it('lists what AWS keeps once, and of secrets the whole and the part that is taken', () => {
  const steps = stepsOf({ Key: [text('x'), part, ssm], Size: [ssm] })
  expect(listStored(steps)).toEqual([part, ssm])
  expect(listStoredSecrets(steps, stored)).toEqual(['{"password": "hunter2"}', 'hunter2'])
  expect(listStoredSecrets(stepsOf({ Key: [whole] }), stored)).toEqual(['{"password": "hunter2"}'])
  expect(listStoredSecrets(steps, new Map())).toEqual([])
})

it('puts the values in, between texts as well, and leaves the rest as it is', () => {
  expect(fill({ Size: [ssm] })).toEqual(new Map([['Size', { kind: 'value', value: [text('large')] }]]))
  expect(fill({ Key: [text('a-'), part, text('-b')] })?.get('Key')).toMatchObject({
    value: [text('a-hunter2-b')],
  })
  const numbers = new Map([['secret app', { text: '{"password": 12345678901234567890}', isSecret: true }]])
  expect(fill({ Key: [part] }, numbers)?.get('Key')).toMatchObject({ value: [text('12345678901234567890')] })
  expect(fill({ Size: [text('odd')] })?.get('Size')).toMatchObject({ value: [text('odd')] })
})

it('refuses what the template does not take, and a secret that it would show, or does not declare', () => {
  const odd = new Map([['ssm /size', { text: 'odd', isSecret: false }]])
  expect(() => fill({ Size: [ssm] }, odd)).toThrow(/^parameters: app\.Size: .*odd/)
  for (const name of ['Size', 'Other'])
    expect(() => fill({ [name]: [part] })).toThrow(
      `parameters: app.${name}: is a secret, and t.yml does not hide`,
    )
})
