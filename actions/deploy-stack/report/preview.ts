import type { PropertyChange, ResourceChange } from '../../../lib/aws/resource-change.ts'
import {
  blocks,
  code,
  fold,
  join,
  type Markdown,
  md,
  renderList,
  renderTable,
} from '../../../lib/markdown.ts'
import type { PreviewNotes, StackOutcome, StackResult } from '../apply/outcome.ts'
import { countChanges, isReplaced } from './counts.ts'
import { renderLinks } from './links.ts'

type Previewed = Pick<StackResult, 'stackName' | 'links'> & {
  outcome: Extract<StackOutcome, { kind: 'previewed' }>
}

/** Renders previews: the counts and the cost of a month first, what is replaced or removed next, and then each stack, folded. */
export function renderPreviews(results: readonly StackResult[], month = md``): Markdown {
  const previewed = results.flatMap(({ stackName, links, outcome }): Previewed[] =>
    outcome.kind === 'previewed' ? [{ stackName, links, outcome }] : [],
  )
  const changed = previewed.filter(changes)
  const same = previewed.filter((each) => !changes(each)).map(({ stackName }) => stackName)
  return blocks(
    changed.length === 0 && previewed.length > 0 ? md`**Nothing would change.**` : renderCounts(changed),
    month,
    renderGrave(changed),
    ...changed.map(renderStack),
    same.length > 0 && changed.length > 0 ? md`Nothing would change in ${same.join(', ')}.` : md``,
  )
}

/** Returns whether a preview found something to change. */
const changes = ({ outcome }: Previewed) =>
  outcome.isNew || outcome.changes.length > 0 || (outcome.notes ? listNotes(outcome.notes).length > 0 : false)

function renderCounts(changed: readonly Previewed[]): Markdown {
  if (changed.length === 0) return md``
  const counts = Object.entries(countChanges(changed.flatMap(({ outcome }) => outcome.changes)))
  const header = counts.map(([name]) => name)
  return renderTable(header, [counts.map(([, count]) => String(count))], { right: header })
}

function renderGrave(changed: readonly Previewed[]): Markdown {
  const rows = changed.flatMap(({ stackName, outcome }) =>
    outcome.changes
      .filter((change) => isReplaced(change) || change.action === 'Remove')
      .map((change) => md`**${nameOf(change)}** ${change.logicalId} (${change.type}) of ${stackName}`),
  )
  return renderList(rows)
}

function renderStack(previewed: Previewed): Markdown {
  const { stackName, outcome } = previewed
  const ordered = outcome.changes.toSorted((one, other) => rank(one) - rank(other))
  const rows = ordered.map((change) => [
    isReplaced(change) || change.action === 'Remove' ? md`**${nameOf(change)}**` : nameOf(change),
    change.logicalId,
    change.type,
    renderProperties(change.properties ?? []),
  ])
  const head = `${stackName}: ${outcome.isNew ? 'a new stack, ' : ''}${rows.length} change${rows.length === 1 ? '' : 's'}`
  return fold(
    head,
    renderLinks(previewed),
    rows.length > 0 ? renderTable(['change', 'resource', 'type', 'properties'], rows) : md``,
    outcome.notes ? renderList(listNotes(outcome.notes)) : md``,
  )
}

const rank = (change: ResourceChange) =>
  isReplaced(change) ? 0 : ((['Remove', 'Modify', 'Import', 'Add'].indexOf(change.action) + 5) % 5) + 1

function nameOf({ action, replacement }: ResourceChange): string {
  if (replacement === 'True') return 'Replace'
  return replacement === 'Conditional' ? 'Replace, perhaps' : action
}

function renderProperties(properties: readonly PropertyChange[]): Markdown {
  const texts = properties.map(({ name, before, after, replaces }) => {
    const path = name.replace(/^Properties\//, '')
    const why = /^(Never|Unknown)$/.test(replaces) ? md`` : md` (**replaces**)`
    const start = findDifference(before, after)
    const change = join([show(before, start), show(after, start)], ' → ')
    return md`${path}: ${change}${why}`
  })
  return join(texts, '<br>')
}

const longest = 120

// How much stands before the first difference of values that are too long.
const lead = 30

// Long values, such as policies, begin alike.
function findDifference(before = '', after = ''): number {
  if (Math.max(before.length, after.length) <= longest) return 0
  let at = 0
  while (at < before.length && before[at] === after[at]) at += 1
  return Math.max(0, at - lead)
}

function show(value: string | undefined, start: number): Markdown {
  if (value === undefined) return md`_none, or not known yet_`
  const end = start + longest
  return code(`${start > 0 ? '…' : ''}${value.slice(start, end)}${value.length > end ? '…' : ''}`)
}

const listNotes = ({ unknown, outputs, tags, first, how, refused }: PreviewNotes): (string | Markdown)[] => [
  ...(refused === undefined ? [] : [md`**A deployment would be refused**: ${refused}`]),
  ...[first, how].flatMap((text) => text ?? []),
  ...unknown.map((text) => `parameter ${text}`),
  ...outputs.map((text) => `output: ${text}`),
  ...tags.map((text) => `tag ${text}`),
]
