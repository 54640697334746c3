import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../local-aws-process.ts'
import { globToPattern } from './glob.ts'
import { knowsResources, listHandlerActions } from './handlers.ts'

/** Operator to condition key to values, as in a policy. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** One line of a table: IAM actions, where they are allowed, and why. */
export type Line = {
  /** The call that needs them, `service:Operation`; '' where CloudFormation makes it. */
  call: string
  actions: readonly string[]
  /** ARNs, with `${Names}` of parameters. */
  resources: readonly string[]
  condition: Condition | undefined
  /** The modes of the action that make the call; undefined for all. */
  modes: readonly string[] | undefined
  /** The input that leads to the call; undefined for every run. */
  when: string | undefined
  /** Page that says so. */
  source: string
}

type RawLine = {
  call?: string
  actions?: string[]
  resource: string | string[]
  condition?: Condition
  modes?: string[]
  when?: string
  source?: string
}
type RawStacks = {
  granted: (RawLine & { actions: string[] })[]
  added: RawLine[]
  unused: { actions: string[]; reason: string }[]
}

const read = (name: string) => parse(readFileSync(join(root, 'permissions', `${name}.yml`), 'utf8'))
const resources: Readonly<Record<string, string>> = read('resources')

/** Reads the lines of an action, in the order of its table. */
export function readLines(action: string): Line[] {
  const lines: RawLine[] = read(action)
  return lines.map(toLine)
}

/** Reads what a role may never do. */
export function readDenied(role: string): Line[] {
  const lines: RawLine[] = read('denied')[role] ?? []
  return lines.map(toLine)
}

function toLine(raw: RawLine): Line {
  const { call = '', actions = [call], condition, modes, when } = raw
  const ids = [raw.resource].flat()
  const unknown = ids.find((id) => !(id in resources))
  if (unknown)
    throw new Error(`permissions/resources.yml: expected "${unknown}", which ${call || actions} names`)
  const source = raw.source ?? referenceOf(actions[0] ?? '')
  return { call, actions, resources: ids.map((id) => resources[id] ?? ''), condition, modes, when, source }
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
const pages: Readonly<Record<string, string>> = {
  apigateway: 'amazonapigatewaymanagement',
  'application-autoscaling': 'awsapplicationautoscaling',
  athena: 'amazonathena',
  autoscaling: 'amazonec2autoscaling',
  billing: 'awsbilling',
  budgets: 'awsbudgetservice',
  cloudformation: 'awscloudformation',
  cloudwatch: 'amazoncloudwatch',
  ec2: 'amazonec2',
  ecr: 'amazonelasticcontainerregistry',
  ecs: 'amazonelasticcontainerservice',
  elasticloadbalancing: 'awselasticloadbalancingv2',
  firehose: 'amazonkinesisfirehose',
  glue: 'awsglue',
  iam: 'awsidentityandaccessmanagementiam',
  kms: 'awskeymanagementservice',
  lambda: 'awslambda',
  logs: 'amazoncloudwatchlogs',
  s3: 'amazons3',
  sns: 'amazonsns',
  sts: 'awssecuritytokenservice',
}

function referenceOf(action: string): string {
  const page = pages[action.split(':')[0] ?? '']
  if (!page) throw new Error(`${action}: expected a source in its line of permissions/`)
  return `https://docs.aws.amazon.com/service-authorization/latest/reference/list_${page}.html`
}

/** What CloudFormation needs for templates, and what of the schemas' actions is left out. */
export type StackPermissions = {
  lines: readonly (Line & { types: readonly string[] })[]
  unused: readonly { actions: readonly string[]; reason: string }[]
}

/** Derives the rights that CloudFormation needs for templates. Throws where an action of a handler has no line. */
export function deriveStackPermissions(templates: readonly string[]): StackPermissions {
  const { granted, added, unused }: RawStacks = read('cloudformation')
  const actions = [...listHandlerActions(templates)]
  const find = <T extends { actions: string[] }>(lines: readonly T[], action: string) =>
    lines.find((line) => line.actions.some((pattern) => globToPattern(pattern).test(action)))
  const lines = actions.flatMap(([action, types]) => {
    if (find(unused, action)) return []
    const line = find(granted, action)
    if (!line)
      throw new Error(
        `permissions/cloudformation.yml: expected a line for ${action}, which ${types.join(', ')} needs; add it to granted, or to unused with the reason`,
      )
    const resource = knowsResources(action) ? line.resource : 'everything'
    return [{ ...toLine({ ...line, actions: [action], resource }), types }]
  })
  const left = unused.map(({ actions: patterns, reason }) => ({
    actions: actions.map(([action]) => action).filter((action) => find(unused, action)?.actions === patterns),
    reason,
  }))
  return {
    lines: [...lines, ...added.map((line) => ({ ...toLine(line), types: [] }))],
    unused: left.filter(({ actions: some }) => some.length > 0),
  }
}
