import { describe, expect, it } from 'vitest'
import { verifyLimits } from '../../../actions/deploy-stack/graph/limits.ts'
import { scopeOf } from '../../../actions/deploy-stack/graph/scope.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'

const topic = { Type: 'AWS::SNS::Topic' }
const entries = {
  Parameters: { Type: 'String', Default: 'x' },
  Resources: topic,
  Outputs: { Value: 'x' },
  Mappings: { a: { b: 'c' } },
}
type Section = keyof typeof entries

const verify = (sections: Record<string, unknown>, values: Record<string, string> = {}) => {
  const template = parseTemplate(JSON.stringify({ Resources: { Topic: topic }, ...sections }), 't.json')
  return () => verifyLimits(template, scopeOf(template, new Map(Object.entries(values))))
}
const named = (section: Section, ...names: string[]) => ({
  [section]: Object.fromEntries(names.map((name) => [name, entries[section]])),
})
const many = (section: Section, count: number) =>
  named(section, ...Array.from({ length: count }, (_, at) => `E${at}`))
const include = { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://x/y' } } }

describe('a template', () => {
  it.each([
    ['Parameters', 200],
    ['Resources', 500],
    ['Outputs', 200],
    ['Mappings', 200],
  ] as const)('has at most so many %s: %d', (section, most) => {
    expect(verify(many(section, most))).not.toThrow()
    expect(verify(many(section, most + 1))).toThrow(
      `t.json: ${section}: expected at most ${most}, got ${most + 1}; split the template`,
    )
    expect(verify({ Transform: 'Mine', ...many(section, most + 1) })).not.toThrow()
  })

  it.each(['Parameters', 'Resources', 'Outputs'] as const)(
    'names its %s with letters and digits',
    (section) => {
      for (const name of ['my-topic', 'my_topic', 'né', '', 'n'.repeat(256)])
        expect(verify(named(section, 'Good', name))).toThrow(
          `t.json: ${section}: expected names of up to 255 letters and digits, got "${name.slice(0, 200)}`,
        )
      expect(verify(named(section, '1', 'n'.repeat(255)))).not.toThrow()
      expect(verify({ Transform: 'Mine', ...named(section, 'my-topic') })).not.toThrow()
    },
  )

  it('may have other signs in the names of conditions and mappings', () => {
    const conditions = { 'Is_Prod&x': { 'Fn::Equals': ['a', 'b'] } }
    expect(verify({ Conditions: conditions, ...named('Mappings', 'by-region') })).not.toThrow()
  })

  it('is left to CloudFormation where an include adds to a section', () => {
    expect(verify({ Mappings: { ...include, ...many('Mappings', 201).Mappings } })).not.toThrow()
  })
})

describe('a loop', () => {
  const loop = {
    Transform: 'AWS::LanguageExtensions',
    ...{ Parameters: { Names: { Type: 'CommaDelimitedList' } } },
    Resources: {
      ...{ Topic: topic },
      'Fn::ForEach::Topics': ['Name', { Ref: 'Names' }, { 'Topic${Name}': topic }],
    },
  }
  const items = (count: number) => Array.from({ length: count }, (_, at) => `${at}`).join()

  it('counts with its items where they are known, each name once', () => {
    expect(verify(loop, { Names: items(499) })).not.toThrow()
    expect(verify(loop, { Names: `${items(499)},1` })).not.toThrow()
    expect(verify(loop, { Names: items(500) })).toThrow('t.json: Resources: expected at most 500, got 501')
    expect(verify(loop, { Names: 'a,b-c' })).toThrow('got "Topicb-c"; rename it')
  })

  it('is left to CloudFormation where they are not', () => {
    expect(verify(loop)).not.toThrow()
  })
})
