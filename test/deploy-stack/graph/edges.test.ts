import { describe, expect, it } from 'vitest'
import { listOutputs, listResources } from '../../../actions/deploy-stack/graph/expand.ts'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { findFault, readParameterRule } from '../../../actions/deploy-stack/graph/parameter-rule.ts'
import { scopeOf } from '../../../actions/deploy-stack/graph/scope.ts'
import { parseTemplate, type Template } from '../../../actions/deploy-stack/graph/template.ts'
import { toTree } from '../../../actions/deploy-stack/graph/template-tree.ts'
import { parseValue } from '../../../actions/deploy-stack/graph/value.ts'

const resources = 'Resources: {Topic: {Type: AWS::SNS::Topic}, Odd: {}}\n'
const parse = (rest: string) => parseTemplate(resources + rest, 'a.yml')
const outputsOf = (template: Template) => listOutputs(template, scopeOf(template, new Map()))

describe('a template', () => {
  it('names its parameters, resources and outputs', () => {
    const template = parse(
      'Parameters: {A: {Type: String, Default: 1}, B: {Type: Number}}\nOutputs: {X: {}, Y: {}}\n',
    )
    expect(template).toMatchObject({ path: 'a.yml', warnings: [] })
    expect(outputsOf(template)).toEqual(['X', 'Y'])
    const found = listResources(template, scopeOf(template, new Map()))
    expect(found.map(({ logicalId, type }) => [logicalId, type])).toEqual([
      ['Topic', 'AWS::SNS::Topic'],
      ['Odd', ''],
    ])
    expect([...template.parameters].map(([name, { default: value, type }]) => [name, value, type])).toEqual([
      ['A', '1', 'String'],
      ['B', undefined, 'Number'],
    ])
  })

  it('may have none but resources, which it must have', () => {
    expect(parse('')).toMatchObject({ parameters: new Map(), warnings: [] })
    expect(outputsOf(parse(''))).toEqual([])
    for (const text of ['Outputs: {}', 'Resources: {}'])
      expect(() => parseTemplate(text, 'a.yml')).toThrow('a.yml: expected Resources, got none')
  })

  it.each([
    ['a macro', 'Transform: X\nOutputs: {X: {}}\n'],
    ['one of several', 'Transform: [AWS::LanguageExtensions, X]\n'],
    ['an include', 'Outputs: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}}\n'],
    ['an include of whole sections', 'Fn::Transform: {Name: AWS::Include}\n'],
  ])('has outputs that only CloudFormation knows where it has %s', (_, rest) => {
    expect(outputsOf(parse(rest))).toBeUndefined()
  })

  it('may have resources of a macro alone', () => {
    expect(() => parseTemplate('Transform: Mine\nMine: {Topics: 2}\n', 'a.yml')).not.toThrow()
  })

  it('warns of values of its parameters', () => {
    expect(parse('Metadata: {Warnings: [{Parameter: A, Value: 1, Text: open}]}').warnings).toEqual([
      { parameter: 'A', value: '1', text: 'open' },
    ])
    const unless = 'Unless: {Parameter: B, Value: true}'
    expect(
      parse(`Metadata: {Warnings: [{Parameter: A, Value: 1, Text: open, ${unless}}]}`).warnings,
    ).toMatchObject([{ unless: { parameter: 'B', value: 'true' } }])
  })

  it.each([
    ...['{Warnings: [{Parameter: a, Text: b}]}', '{Warnings: [{Parameter: a, Value: b}]}'],
    '{Warnings: [{Parameter: a, Value: b, Text: [c]}]}',
    '{Warnings: [{Parameter: a, Value: b, Text: c, Unless: {Parameter: d}}]}',
  ])('is refused with the metadata %s', (metadata) => {
    expect(() => parse(`Metadata: ${metadata}`)).toThrow(
      'a.yml: Metadata.Warnings: expected Parameter, Value and Text in each',
    )
  })

  it.each([
    ...[
      '{Warnings: Costs money., Constraints: none}',
      '{Warnings: [x]}',
      '{Warnings: [{Value: a, Text: b}]}',
    ],
    ...['{Constraints: {A: b}}', '{Constraints: [[a]]}', '{Warnings: }', '[x]', 'x'],
  ])('leaves the metadata of others alone: %s', (metadata) => {
    expect(parse(`Metadata: ${metadata}`)).toMatchObject({ warnings: [], constraints: [] })
  })
})

describe('the rule of a parameter', () => {
  const fault = (declaration: object, value: string) =>
    findFault(readParameterRule(toTree(declaration)), value)

  it.each(['true', true, 'True', 'yes', 'on', 'Y'])('hides its values with NoEcho %s', (NoEcho) => {
    expect(fault({ Type: 'Number', NoEcho }, 'x')).toBe('expected a number, got another value')
  })

  it.each([undefined, false, 'no', 'untrue', 'yess'])('shows its values with NoEcho %s', (NoEcho) => {
    expect(fault({ Type: 'Number', NoEcho }, 'x')).toBe('expected a number, got "x"')
  })

  it.each(['1', '-1', '+1', '1.5', '001', '1.', '.5', '1e3'])('takes %s for a number', (value) => {
    expect(fault({ Type: 'Number' }, value)).toBeUndefined()
  })

  it.each(['', '.', 'e3', '0x10', '1x', 'x1', '1.5.5'])('takes "%s" for no number', (value) => {
    expect(fault({ Type: 'Number' }, value)).toBe(`expected a number, got "${value}"`)
  })

  it('includes both bounds', () => {
    const number = { Type: 'Number', MinValue: 1, MaxValue: 2 }
    expect(['0', '1', '2', '3'].map((value) => fault(number, value) === undefined)).toEqual([
      ...[false, true, true, false],
    ])
    const length = { Type: 'String', MinLength: 1, MaxLength: 2 }
    expect(['', 'a', 'ab', 'abc'].map((value) => fault(length, value) === undefined)).toEqual([
      ...[false, true, true, false],
    ])
    expect(fault({ Type: 'String', MaxLength: 1 }, 'ab')).toBe(
      'expected a text of a length up to 1, got "ab"',
    )
  })

  it('leaves the bounds of a length to texts, and those of a value to numbers', () => {
    expect(fault({ Type: 'Number', MinLength: 3 }, '1')).toBeUndefined()
    expect(fault({ Type: 'String', MinValue: 3 }, '1')).toBeUndefined()
  })

  it('reads its pattern as that of the whole value', () => {
    const either = { Type: 'String', AllowedPattern: 'a|bc' }
    expect(['a', 'bc', 'ac', 'abc', 'xa'].map((value) => fault(either, value) === undefined)).toEqual([
      ...[true, true, false, false, false],
    ])
  })
})

describe('a value in stacks.yml', () => {
  it.each([
    ['${prefix}', [{ kind: 'setting', name: 'prefix' }]],
    ['${account}', [{ kind: 'setting', name: 'account' }]],
    ['${region}', [{ kind: 'setting', name: 'region' }]],
    ['', []],
    ['plain', [{ kind: 'text', text: 'plain' }]],
    ['$x {y}', [{ kind: 'text', text: '$x {y}' }]],
    ['${a-1.Out2}', [{ kind: 'output', stack: 'a-1', output: 'Out2' }]],
    ['${paused:a_b/C-d}', [{ kind: 'paused', cluster: 'a_b', service: 'C-d' }]],
  ])('is taken: %s', (text, pieces) => {
    expect(parseValue(text, 'here')).toEqual(pieces)
  })

  it.each([
    ...['${xprefix}', '${prefixx}', '${a.}', '${.B}', '${a.B.C}', '${a.B-C}', '${1a.B}', '${a_b.C}'],
    ...['${paused:a}', '${paused:a/}', '${paused:/b}', '${paused:a/b/c}', '${paused:../b}', '${xpaused:a/b}'],
    `\${paused:${'a'.repeat(256)}/b}`,
    `\${paused:a/${'b'.repeat(256)}}`,
  ])('is refused: %s', (text) => {
    expect(() => parseValue(text, 'here')).toThrow(`here: expected`)
    expect(() => parseValue(text, 'here')).toThrow(`got "${text}"`)
  })
})

describe('a stack in stacks.yml', () => {
  const entry = (fields: string, key = 'a') =>
    parseGraph(`stacks: {${key}: {template: a.yml${fields}}}`, 's.yml').get(key)

  it('is optional only where it says so', () => {
    expect(
      [entry(''), entry(', optional: true'), entry(', optional: false')].map((each) => each?.optional),
    ).toEqual([...[false, true, false]])
    expect(() => entry(', optional: yes')).toThrow(
      'stacks.a.optional: expected one of true, false, got "yes"',
    )
  })

  it('has a name of up to 100 characters', () => {
    const longest = `a${'-'.repeat(98)}9`
    expect(entry('', longest)?.key).toBe(longest)
    for (const name of [`${longest}0`, '1a', 'a_b', '-a', 'aB'])
      expect(() => entry('', name)).toThrow(
        'expected a name in lower case of up to 100 letters, digits and dashes',
      )
  })

  it('has assets with names of up to 100 characters', () => {
    const longest = `A${'b'.repeat(98)}9`
    expect([...(entry(`, assets: {${longest}: x}`)?.assets ?? [])]).toEqual([[longest, 'x']])
    for (const name of [`${longest}0`, '1a', 'a-b', 'a.b'])
      expect(() => entry(`, assets: {${name}: x}`)).toThrow(
        `assets.${name}: expected a name of letters and digits`,
      )
  })

  it('knows where each of its names stands', () => {
    const { places, place } = entry(', assets: {Code: x}, parameters: {P: y}') ?? expect.fail()
    expect(place).toBe('s.yml:1:13: stacks.a')
    expect(Object.fromEntries(places)).toEqual({
      'assets.Code': 's.yml:1:46: stacks.a.assets.Code',
      'parameters.P': 's.yml:1:66: stacks.a.parameters.P',
    })
  })

  it('has no parameter that refers to a stack which is not there, whatever is near', () => {
    expect(() => entry(", parameters: {P: '${zzzzzz.X}'}")).toThrow(
      /^s\.yml:1:13: stacks\.a: refers to the stack "zzzzzz", which is not there$/,
    )
    expect(() => entry(', depends-on: [a]')).toThrow('stacks: a → a is a cycle; remove one reference')
  })
})
