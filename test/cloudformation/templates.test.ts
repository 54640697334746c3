import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { dataTypes } from '../../actions/deploy-stack/apply/data.ts'
import { dependenciesOf, parseGraph } from '../../actions/deploy-stack/graph/graph.ts'
import { findFault, readParameterRule } from '../../actions/deploy-stack/graph/parameter-rule.ts'
import { parseTemplate } from '../../actions/deploy-stack/graph/template.ts'
import { root } from '../../scripts/local-aws-process.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const graph = parseGraph(read('cloudformation/stacks.yml'), 'cloudformation/stacks.yml')
const templates = new Map(
  [...graph.values()].map(({ key, template }) => [key, parseTemplate(read(template), template)]),
)
const plainOf = (path: string) => Object(parseDocument(read(path), { logLevel: 'silent' }).toJS())

// What only a user can know.
const givenByUser = ['ImageUri']

// What deploys the others is deployed by hand.
const byHand = 'cloudformation/github-oidc.yml'

it('has each template in the graph', () => {
  const files = globSync('cloudformation/*.yml', { cwd: root }).filter(
    (path) => path !== byHand && !path.endsWith('stacks.yml'),
  )
  expect([...graph.values()].map(({ template }) => template).sort()).toEqual(files.sort())
})

it('deploys in four steps', () => {
  const depth = (key: string): number => {
    const entry = graph.get(key)
    return entry ? 1 + Math.max(0, ...dependenciesOf(entry).map(depth)) : 0
  }
  expect(Math.max(...[...graph.keys()].map(depth))).toBe(4)
})

it('is clean for cfn-lint', () => {
  const files = [byHand, ...[...graph.values()].map(({ template }) => template)]
  const lint = join(root, '.venv', 'bin', 'cfn-lint')
  expect(execFileSync(lint, files, { cwd: root, encoding: 'utf8' })).toBe('')
})

it.each([
  ['network', 'VpcCidr', ['10.80.0.0/16'], ['', '10.80.0.0', 'anywhere']],
  [
    'load-balancer',
    'AllowedCidrs',
    ['', '203.0.113.0/24', '10.0.0.0/8,10.1.0.0/16,10.2.0.0/16,10.3.0.0/16,10.4.0.0/16'],
    ['203.0.113.7', 'anywhere', '10.0.0.0/8,', '1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8,5.0.0.0/8,6.0.0.0/8'],
  ],
  ['endpoints', 'ClientCidrs', ['10.80.32.0/20', '10.0.0.0/8,10.1.0.0/16'], ['', '10.80.32.0']],
])('%s takes only ranges of addresses as %s', (key, name, good, bad) => {
  const rule = templates.get(key)?.parameters.get(name) ?? readParameterRule(undefined)
  expect(good.filter((value) => findFault(rule, value))).toEqual([])
  expect(bad.filter((value) => !findFault(rule, value))).toEqual([])
})

describe.each([...graph.values()])('$key', (entry) => {
  const template = templates.get(entry.key)

  it('gets each parameter that has no default', () => {
    const assets = [...entry.assets.keys()].flatMap((name) => [`${name}Bucket`, `${name}Key`])
    const given = [...entry.parameters.keys(), ...assets, ...givenByUser]
    const needed = [...(template?.parameters ?? [])].filter(
      ([, parameter]) => parameter.default === undefined,
    )
    expect(needed.map(([name]) => name).filter((name) => !given.includes(name))).toEqual([])
  })

  it('is given nothing that its template does not declare', () => {
    const declared = [...(template?.parameters.keys() ?? [])]
    expect([...entry.parameters.keys()].filter((name) => !declared.includes(name))).toEqual([])
  })

  it('takes only outputs that exist', () => {
    const missing = [...entry.parameters.values()].flat().filter((piece) => {
      if (piece.kind !== 'output') return false
      const outputs = plainOf(graph.get(piece.stack)?.template ?? '').Outputs
      return !Object.keys(Object(outputs)).includes(piece.output)
    })
    expect(missing).toEqual([])
  })

  it('keeps what holds data when it is destroyed, and not when its first creation fails', () => {
    const stored = Object.entries(plainOf(entry.template).Resources).filter(([, resource]) =>
      dataTypes.includes(Object(resource).Type),
    )
    const lost = stored.filter(([, resource]) => {
      const { DeletionPolicy, UpdateReplacePolicy } = Object(resource)
      return DeletionPolicy !== 'RetainExceptOnCreate' || UpdateReplacePolicy !== 'Retain'
    })
    expect(lost.map(([name]) => name)).toEqual([])
  })

  it('bounds each role that it makes', () => {
    const roles = Object.entries(plainOf(entry.template).Resources).filter(
      ([, resource]) => Object(resource).Type === 'AWS::IAM::Role',
    )
    const free = roles.filter(([, role]) => !Object(Object(role).Properties).PermissionsBoundary)
    expect(free.map(([name]) => name)).toEqual([])
  })

  it('allows no action on everything, but those that know no resource', () => {
    // In the policy of a key, everything is the key.
    const text = read(entry.template).replace(/ {6}KeyPolicy:\n( {8}.*\n)+/, '')
    const everything = text.split('\n').filter((line) => /Resource: '\*'/.test(line))
    expect(everything.filter((line) => !line.includes('ecr:GetAuthorizationToken'))).toEqual([])
    expect(text).not.toMatch(/Action: '\*'|Action: \['?\*/)
  })
})

describe('the way to the service through the API', () => {
  const resources = Object.values(plainOf('cloudformation/api.yml').Resources).map((each) => Object(each))
  const propertiesOf = (type: string) =>
    resources.filter(({ Type }) => Type === `AWS::ApiGatewayV2::${type}`).map(({ Properties }) => Properties)

  it('lets no x-ddn-user of a client through', () => {
    const ways = propertiesOf('Integration').filter(({ ConnectionType }) => ConnectionType === 'VPC_LINK')
    const changes = ways.map(({ RequestParameters }) => Object.keys(RequestParameters).join())
    expect(changes).toEqual([
      expect.stringContaining('overwrite:header.x-ddn-user'),
      expect.stringContaining('remove:header.x-ddn-user'),
    ])
  })

  it('asks the authorizer on each route that is billed', () => {
    const open = propertiesOf('Route').filter(({ AuthorizerId }) => !AuthorizerId)
    expect(open.map(({ RouteKey }) => RouteKey)).toEqual(['GET /ping', 'GET /ping/service'])
  })
})
