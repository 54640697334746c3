import { expect, it } from 'vitest'
import type { StackResult } from '../../../actions/deploy-stack/apply/outcome.ts'
import { renderPreviews } from '../../../actions/deploy-stack/report/preview.ts'
import type { PropertyChange, ResourceChange } from '../../../lib/aws/resource-change.ts'

const property = (name: string, before?: string, after?: string, replaces = 'Never'): PropertyChange => ({
  ...{ name, before, after, replaces },
})
const change = (
  action: string,
  logicalId: string,
  replacement = '',
  properties: PropertyChange[] = [],
): ResourceChange => ({
  ...{ action, logicalId, type: 'AWS::X::Y', replacement, properties },
})
const render = (...changes: ResourceChange[]) => {
  const outcome: StackResult['outcome'] = { kind: 'previewed', changes, isNew: false }
  return renderPreviews([{ key: 'a', stackName: 'p-a', outcome, startedAt: 0, seconds: 1 }]).markdown
}

it('counts first, and names what is replaced or removed before the rest', () => {
  const text = render(
    ...[change('Add', 'New'), change('Modify', 'Changed', 'False'), change('Remove', 'Gone')],
    ...[change('Modify', 'Replaced', 'True'), change('Modify', 'Perhaps', 'Conditional')],
  )
  expect(text.split('\n').slice(0, 7)).toEqual([
    '| replaced | removed | modified | added | imported |',
    '| ---: | ---: | ---: | ---: | ---: |',
    '| 2 | 1 | 1 | 1 | 0 |',
    '',
    '- **Remove** Gone (AWS::X::Y) of p-a',
    '- **Replace** Replaced (AWS::X::Y) of p-a',
    '- **Replace, perhaps** Perhaps (AWS::X::Y) of p-a',
  ])
  const order = [...text.matchAll(/^\| (?:\*\*)?[A-Z][a-z]+[^|]*\| (\w+) \|/gm)].map(([, id]) => id)
  expect(order).toEqual(['Replaced', 'Perhaps', 'Gone', 'Changed', 'New'])
})

it('shows properties with the old and the new value', () => {
  const long = 'x'.repeat(300)
  const text = render(
    change('Modify', 'R', 'True', [
      property('Properties/Name', 'a|b', 'c', 'Always'),
      property('Properties/Size', '1', undefined),
      property('Tags', undefined, long),
    ]),
  )
  expect(text).toContain('Name: `a\\|b` → `c` (**replaces**)<br>Size: `1` → _none, or not known yet_')
  expect(text).toContain(`Tags: _none, or not known yet_ → \`${'x'.repeat(120)}…\``)
  expect(text).not.toContain('x'.repeat(121))
})

it('shows long values from where they differ on', () => {
  const policy = (action: string) => `${'a'.repeat(200)}${action}${'b'.repeat(200)}`
  const text = render(
    change('Modify', 'R', 'False', [
      property('Policies', policy('s3:PutObject'), policy('s3:GetObject')),
      property('Short', 'aaa1', 'aaa2'),
    ]),
  )
  const [before, after] = ['PutObject', 'GetObject'].map(
    (action) => `\`…${'a'.repeat(27)}s3:${action}${'b'.repeat(81)}…\``,
  )
  expect(text).toContain(`Policies: ${before} → ${after}<br>Short: \`aaa1\` → \`aaa2\``)
})

it('lets no value act', () => {
  const text = render(
    change('Modify', 'R</details>', 'False', [property('Properties/N', '`@team`', '<img src=x>')]),
  )
  expect(text).not.toContain('R</details>')
  expect(text).toContain('`` `@team` ``')
})
