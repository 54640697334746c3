import { type Document, isCollection, type Node, parseDocument, stringify, visit } from 'yaml'
import { type Statement, toStatements } from '../permissions/policy.ts'
import type { Policy } from '../permissions/roles.ts'
import type { Line, StackPermissions } from '../permissions/table.ts'
import { renderTable } from './tables.ts'

const version = '2012-10-17'
const single = <T>(values: readonly T[]) => (values.length === 1 ? values[0] : values)

/** The statement as people write it: what is one is no list. */
const tidy = ({ Action, Resource, ...rest }: Statement) => ({
  Effect: rest.Effect,
  Action: single(Action),
  Resource: single(Resource),
  ...(rest.Condition ? { Condition: rest.Condition } : {}),
})

/** The Markdown of what an action needs: the policy of every run, and a table of what its inputs add. */
export function renderPolicy(lines: readonly Line[]): string {
  const always = toStatements(lines.filter(({ when }) => when === undefined)).map(tidy)
  const policy = `\`\`\`json\n${placeholders(renderJson({ Version: version, Statement: always }))}\n\`\`\``
  const more = Map.groupBy(
    lines.filter(({ when }) => when !== undefined),
    ({ when, resources }) => `${when}\n${resources}`,
  )
  if (more.size === 0) return policy
  const rows = [...more.values()].map((group) => [
    code(group[0]?.when ?? ''),
    list(group.flatMap(({ actions }) => actions)),
    list(group[0]?.resources ?? []),
  ])
  return `${policy}\n\nThese inputs need more:\n\n${renderTable(['input', 'actions', 'on'], rows)}`
}

// Short lists stand in one line, as people write them.
const renderJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(/\[\s*("[^[\]{}]*")\s*\]/g, (whole, items) => {
    const line = `[${items.replaceAll(/,\s+/g, ', ')}]`
    return line.length <= 90 ? line : whole
  })

/** The Markdown table of lines: which call needs which actions, where, and who says so. */
export function renderLines(lines: readonly Line[]): string {
  const rows = lines.map(({ call, actions, resources, condition, modes, when, source }) => [
    code(call),
    list(actions),
    list(resources),
    [
      ...(modes ? [`mode ${modes.join(', ')}`] : []),
      ...(when ? [code(when)] : []),
      ...conditionsOf(condition),
    ].join('; '),
    `[source](${source})`,
  ])
  return renderTable(['call', 'IAM actions', 'on', 'when', 'source'], rows)
}

/** The Markdown of what CloudFormation needs for our templates: what is allowed, and what is left out. */
export function renderStackPermissions({ lines, unused }: StackPermissions): string {
  const groups = Map.groupBy(lines, ({ resources, condition, source }) =>
    JSON.stringify([resources, condition, source]),
  )
  const rows = [...groups.values()].map((group) => [
    list([...new Set(group.flatMap(({ actions }) => actions))]),
    list(group[0]?.resources ?? []),
    conditionsOf(group[0]?.condition).join('; '),
    [...new Set(group.flatMap(({ types }) => types.map((type) => type.replace('AWS::', ''))))]
      .sort()
      .join(', '),
    `[source](${group[0]?.source})`,
  ])
  const left = unused.map(({ actions, reason }) => [list(actions), reason])
  return [
    renderTable(['IAM actions', 'on', 'if', 'resource types', 'source'], rows),
    'Not allowed, although a schema names it:',
    renderTable(['IAM actions', 'why not'], left),
  ].join('\n\n')
}

const conditionsOf = (condition: Line['condition']): string[] =>
  Object.entries(condition ?? {}).flatMap(([, keys]) =>
    Object.entries(keys).map(([key, values]) => `${code(key)} is ${list([values].flat())}`),
  )

const code = (text: string) => (text === '' ? '' : `\`${placeholders(text)}\``)
const list = (texts: readonly string[]) => [...new Set(texts)].map(code).join(', ')

/** Names of parameters as our pages write them: `${AWS::Region}` is REGION, `${RepositoryName}` is REPOSITORY. */
function placeholders(text: string): string {
  const name = (parameter: string) =>
    parameter
      .replace(/^AWS::(Account)?(Id)?/, '$1')
      .replace(/(Name|Arn)$/, '')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-')
      .toUpperCase()
  return text
    .replaceAll(/\$\{AWS::Partition\}/g, 'aws')
    .replaceAll(/\$\{AWS::AccountId\}/g, 'ACCOUNT')
    .replaceAll(/\$\{([\w:]+)\}/g, (_, parameter) => name(parameter))
}

/** Puts the policies between the markers in the text of github-oidc.yml; all else in it is kept. */
export function writePolicies(template: string, policies: readonly Policy[]): string {
  const block = /( *# <policies>\n)[\s\S]*?( *# <\/policies>)/
  if (!block.test(template))
    throw new Error('github-oidc.yml: expected the marker "# <policies>", found none')
  return template.replace(block, (_, start, end) => `${start}${renderPolicyResources(policies)}\n${end}`)
}

function renderPolicyResources(policies: readonly Policy[]): string {
  const resources = policies.map(({ id, name, role, condition, statements }) => {
    const Properties = {
      ManagedPolicyName: `github-\${Prefix}-${name}`,
      Roles: [`!Ref ${role[0]?.toUpperCase()}${role.slice(1)}Role`],
      PolicyDocument: { Version: version, Statement: statements.map(tidy) },
    }
    return [
      id,
      { Type: 'AWS::IAM::ManagedPolicy', ...(condition ? { Condition: condition } : {}), Properties },
    ]
  })
  const document = parseDocument(
    stringify(Object.fromEntries(resources), { lineWidth: 0, aliasDuplicateObjects: false }),
  )
  tagNames(document)
  const text = document.toString({ lineWidth: 0, singleQuote: true })
  return text.trimEnd().replaceAll(/^/gm, '  ')
}

// Texts with names of parameters become !Sub, and "!Ref X" a reference.
function tagNames(document: Document): void {
  visit(document, {
    Scalar: (key, node, path) => {
      if (key === 'key' || typeof node.value !== 'string' || isTagged(path.at(-1))) return undefined
      const [, reference] = /^(?:!Ref (\w+)|\$\{BoundaryArn\})$/.exec(node.value) ?? []
      if (/^!Ref |BoundaryArn/.test(node.value))
        Object.assign(node, { tag: '!Ref', type: 'PLAIN', value: reference ?? 'Boundary' })
      else if (/\$\{(PrefixWithUnderscores|RepositoryName)\}/.test(node.value))
        return substitute(document, node.value)
      else if (/\$\{/.test(node.value)) Object.assign(node, { tag: '!Sub', type: 'QUOTE_SINGLE' })
      else if (node.value === version || node.value === '*') node.type = 'QUOTE_SINGLE'
      return undefined
    },
  })
}

const isTagged = (parent: unknown) => isCollection(parent) && parent.tag !== undefined

// No function of CloudFormation replaces characters; names of Glue have underscores where the prefix has dashes. The
// repository is named as in the stack storage.
function substitute(document: Document, text: string): Node {
  const tagged = (tag: string, value: unknown, flow = false) =>
    Object.assign(document.createNode(value, { flow }), { tag })
  const call = (tag: string, values: unknown[]) => tagged(tag, values, true)
  const prefix = tagged('!Ref', 'Prefix')
  const byPrefix = call('!If', [
    'IsDefaultPrefix',
    'deepdenoising-triton',
    tagged('!Sub', `\${Prefix}-triton`),
  ])
  const values = {
    PrefixWithUnderscores: call('!Join', ['_', call('!Split', ['-', prefix])]),
    RepositoryName: call('!If', ['NamesRepository', tagged('!Ref', 'RepositoryName'), byPrefix]),
  }
  const used = Object.entries(values).filter(([name]) => text.includes(`\${${name}}`))
  return call('!Sub', [text, Object.fromEntries(used)])
}
