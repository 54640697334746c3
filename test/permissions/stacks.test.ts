import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseTemplate } from '../../actions/deploy-stack/graph/template.ts'
import { listServiceLinkedRoles } from '../../actions/deploy-stack/plan/roles.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { globToPattern } from '../../scripts/permissions/glob.ts'
import { measure, policyLimit } from '../../scripts/permissions/policy.ts'
import { derivePolicies } from '../../scripts/permissions/roles.ts'
import { deriveStackPermissions, type Line, readLines } from '../../scripts/permissions/table.ts'

const stacks = globSync('cloudformation/*.yml', { cwd: root }).filter((path) => !/stacks|oidc/.test(path))
const { lines } = deriveStackPermissions(stacks)
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Policy = { Statement: { Action: string | string[]; Principal?: { Service?: string } }[] }
type Resource = {
  Type: string
  Properties: {
    AssumeRolePolicyDocument: Policy
    Policies?: { PolicyDocument: Policy }[]
    PolicyDocument: Policy
  }
}
const resourcesOf = (path: string): Resource[] =>
  Object.values(parse(read(path), { logLevel: 'error' }).Resources)
const roles = stacks.flatMap(resourcesOf).filter(({ Type }) => Type === 'AWS::IAM::Role')

const valuesOf = (line: Line | undefined, key: string) =>
  Object.values(line?.condition ?? {}).flatMap((keys) => keys[key] ?? [])

function deriveFrom(type: string) {
  const path = join(mkdtempSync(join(tmpdir(), 'template-')), 'new.yml')
  writeFileSync(path, JSON.stringify({ Resources: { New: { Type: type } } }))
  return () => deriveStackPermissions([relative(root, path)])
}

describe('the permissions of the stacks', () => {
  it('refuse a type whose handlers need what has no line', () => {
    expect(deriveFrom('AWS::SQS::Queue')).toThrow(
      /expected a line for sqs:\w+, which AWS::SQS::Queue needs; add it to granted, or to unused/,
    )
    expect(deriveFrom('AWS::ECS::Cluster')().lines.flatMap(({ actions }) => actions)).toContain(
      'ecs:CreateCluster',
    )
  })

  it('allow service-linked roles of the services that the action makes them for', () => {
    const templates = stacks.map((path) => parseTemplate(read(path), path))
    const own = readLines('deploy-stack').find(({ call }) => call === 'iam:CreateServiceLinkedRole')
    const ofStacks = lines.find(({ actions }) => actions.includes('iam:CreateServiceLinkedRole'))
    const needed = listServiceLinkedRoles(templates)
      .map(({ service }) => service)
      .sort()
    expect(valuesOf(own, 'iam:AWSServiceName').sort()).toEqual(needed)
    expect(valuesOf(ofStacks, 'iam:AWSServiceName').sort()).toEqual(needed)
  })

  it('pass roles only to the services that the roles trust', () => {
    const trusted = roles.flatMap(({ Properties }) =>
      Properties.AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal?.Service),
    )
    const pass = lines.find(({ actions }) => actions.includes('iam:PassRole'))
    expect(valuesOf(pass, 'iam:PassedToService').sort()).toEqual([...new Set(trusted)].sort())
  })

  it.each(['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:PutRolePermissionsBoundary'])(
    'allow %s only for roles of the stacks that have the boundary',
    (action) => {
      const found = lines.filter(({ actions }) => actions.includes(action))
      expect(found.map(({ resources }) => resources)).toEqual([
        [expect.stringMatching(/:role\/\$\{Prefix\}-\*$/)],
      ])
      expect(valuesOf(found[0], 'iam:PermissionsBoundary')).toHaveLength(1)
    },
  )

  it('never allow to take the boundary away', () => {
    const all = lines.flatMap(({ actions }) => actions)
    expect(all.filter((action) => globToPattern(action).test('iam:DeleteRolePermissionsBoundary'))).toEqual(
      [],
    )
  })
})

describe('github-oidc.yml', () => {
  it('has policies that AWS takes, by their length', () => {
    const long = derivePolicies(stacks).filter(({ statements }) => measure(statements) > policyLimit)
    expect(long.map(({ id }) => id)).toEqual([])
  })

  it('fits into a call, so that one command deploys it', () => {
    expect(read('cloudformation/github-oidc.yml').length).toBeLessThan(51_200)
  })

  it('has a boundary that lets the roles of the stacks do what their policies say', () => {
    const boundary = resourcesOf('cloudformation/github-oidc.yml').find(
      ({ Type, Properties }) => Type === 'AWS::IAM::ManagedPolicy' && !('Roles' in Properties),
    )
    const allowed = boundary?.Properties.PolicyDocument.Statement.flatMap(({ Action }) => Action)
    const needed = roles.flatMap(({ Properties }) =>
      (Properties.Policies ?? []).flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.flatMap((one) => one.Action),
      ),
    )
    expect(needed.length).toBeGreaterThan(20)
    expect(needed.filter((action) => !allowed?.includes(action))).toEqual([])
  })
})
