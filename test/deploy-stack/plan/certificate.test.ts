import { expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { readInputs } from '../../../actions/deploy-stack/inputs.ts'
import { judgeCertificates, listCertificates } from '../../../actions/deploy-stack/plan/certificate.ts'
import { planStacks } from '../../../actions/deploy-stack/plan/plan.ts'
import type { Certificate } from '../../../lib/aws/certificates.ts'

const template = (parameters: string, constraints = '') =>
  parseTemplate(
    `Metadata: {Constraints: [${constraints}]}
Parameters: {${parameters
      .split(' ')
      .map((name) => `${name}: {Type: String, Default: ''}`)
      .join(', ')}}
Resources: {Topic: {Type: AWS::SNS::Topic}}`,
    't.yml',
  )
const graph = parseGraph(
  'stacks: {lb: {template: t.yml}, api: {template: t.yml}, api2: {template: t.yml}}',
  's',
)
const templates = new Map([
  ['lb', template('Arn', '{Parameter: Arn, Certificate: ServerName}')],
  ['api', template('ServerName')],
  ['api2', template('ServerName')],
])
const arn = 'arn:aws:acm:ap-northeast-2:111122223333:certificate/x'
const place = { prefix: 'ddn', account: '111122223333', region: 'ap-northeast-2' }

function list(parameters: string, only = '', deployed: Record<string, Record<string, string>> = {}) {
  const inputs = readInputs({ stacks: 's', prefix: 'ddn', parameters, only })
  const stacks = Object.entries(deployed).map(
    ([key, values]) => [key, { parameters: new Map(Object.entries(values)), outputs: new Map() }] as const,
  )
  return listCertificates(planStacks(graph, templates, inputs), place, new Map(stacks), templates)
}

const now = Date.parse('2026-11-01T12:00:00Z')
const issued: Certificate = {
  status: 'ISSUED',
  hostNames: ['example.com', '*.api.Example.com'],
  endsAt: Date.parse('2026-12-01T12:00:00Z'),
  isImported: false,
}
const judge = (parameters: string, certificate: Certificate | 'missing' | undefined) =>
  judgeCertificates(list(parameters), {
    certificates: new Map(certificate && [[arn, certificate]]),
    region: 'ap-northeast-2',
    now,
  })

it.each(['example.com', 'EXAMPLE.com', 'v1.api.example.com', 'x-1.API.example.com'])('is for %s', (name) => {
  expect(judge(`Arn=${arn}\napi.ServerName=${name}`, issued)).toEqual([])
})

it.each([
  'api.example.com',
  'a.b.api.example.com',
  'www.example.com',
  'v1.api.example.org',
  '.api.example.com',
])('is not for %s', (name) => {
  expect(() => judge(`Arn=${arn}\napi.ServerName=${name}`, issued)).toThrow(
    `parameters: lb.Arn: expected a certificate for ${name}, which is api.ServerName, got ${arn}, which is for example.com, *.api.Example.com`,
  )
})

it('exists and is issued', () => {
  expect(() => judge(`Arn=${arn}`, 'missing')).toThrow(
    `expected a certificate of ap-northeast-2 that exists, got ${arn}, which is not there`,
  )
  expect(() => judge(`Arn=${arn}`, { ...issued, status: 'PENDING_VALIDATION', endsAt: undefined })).toThrow(
    'with the status ISSUED',
  )
  expect(judge(`Arn=${arn}`, { ...issued, endsAt: undefined })).toEqual([])
  expect(judge(`Arn=${arn}`, undefined)).toEqual([])
})

it('warns from 30 days before its end, with what to do', () => {
  const ends = (more: Partial<Certificate>) => judge(`Arn=${arn}`, { ...issued, endsAt: now, ...more })
  const text = `parameters: lb.Arn: the certificate ${arn} ends on 2026-11-01; ACM`
  expect(ends({})).toEqual([`${text} renews it while it is in use: look at its renewal status`])
  expect(ends({ isImported: true })).toEqual([`${text} does not renew what was imported: import a new one`])
  expect(ends({ endsAt: (issued.endsAt ?? 0) - 1 })).toHaveLength(1)
})

it('is looked at where it, or the host name, is new', () => {
  const host = { where: 'api.ServerName', name: 'a.b', isNew: false }
  const [lb, api] = [{ Arn: arn }, { ServerName: 'a.b' }]
  expect(list(`Arn=${arn}`, 'lb', { lb, api })).toEqual([])
  expect(list(`Arn=${arn}`, 'lb', { lb: { Arn: 'other' }, api })).toEqual([{ where: 'lb.Arn', arn, host }])
  for (const only of ['', 'api'])
    expect(list('api.ServerName=c.d', only, { lb, api })).toMatchObject([{ arn, host: { name: 'c.d' } }])
  expect(list('api.ServerName=c.d', 'api', { api })).toEqual([])
})

it('is for no name in particular where several stacks have one, and is looked for in ACM alone', () => {
  expect(list(`Arn=${arn}\nServerName=a.b`)).toEqual([{ where: 'lb.Arn', arn, host: undefined }])
  expect(list('Arn=arn:aws:iam::111122223333:server-certificate/x')).toEqual([])
  expect(list('')).toEqual([])
})
