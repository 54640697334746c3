import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { fillLocalValues } from '../../../actions/deploy-stack/graph/local-values.ts'
import { nameStacks } from '../../../actions/deploy-stack/graph/stack-name.ts'
import { parseValue } from '../../../actions/deploy-stack/graph/value.ts'
import { chooseByWhen } from '../../../actions/deploy-stack/graph/when.ts'

const parse = (text: string, over?: string) =>
  parseGraph(
    text,
    'cfn/stacks.yml',
    over === undefined ? undefined : { text: over, file: 'cfn/stacks.prod.yml' },
  )
const entry = (fields: string, rest = '') =>
  parse(`stacks:\n  a: {template: a.yml, ${fields}}\n${rest}`).get('a') ?? expect.fail()
const readValue = (value: string) => entry(`parameters: {P: ${value}}`).parameters.get('P')

describe('a value', () => {
  it.each([
    [
      "'$${a.B} ${prefix}'",
      [
        { kind: 'text', text: '${a.B} ' },
        { kind: 'setting', name: 'prefix' },
      ],
    ],
    ["'$$${'", undefined],
    [
      '[x, 1.50, "${region}"]',
      [
        { kind: 'text', text: 'x,1.50,' },
        { kind: 'setting', name: 'region' },
      ],
    ],
    ['{env: STAGE}', [{ kind: 'env', name: 'STAGE' }]],
    ['{file: policy.json}', [{ kind: 'file', path: 'cfn/policy.json' }]],
    ['{ssm: /app/size}', [{ kind: 'ssm', name: '/app/size' }]],
    ['{secret: app, key: password}', [{ kind: 'secret', name: 'app', key: 'password' }]],
  ])('is read: %s', (text, value) => {
    if (value) expect(readValue(text)).toEqual(value)
    else expect(readValue(text)).toEqual([{ kind: 'text', text: '$${' }])
  })

  it('may have several lines', () => {
    const text = 'stacks:\n  a:\n    template: a.yml\n    parameters:\n      P: |\n        one\n        two\n'
    expect(parse(text).get('a')?.parameters.get('P')).toEqual([{ kind: 'text', text: 'one\ntwo\n' }])
  })

  it.each([
    ['{evn: X}', 'unknown key; did you mean "env"'],
    ['{env: X, file: y}', 'expected one of env, file, ssm, secret, and key beside secret only'],
    ['{ssm: x, key: y}', 'expected one of env, file, ssm, secret, and key beside secret only'],
    ['{}', 'expected one of env, file, ssm, secret'],
    ['[[x]]', 'expected a list of texts'],
    ["{ssm: '../x y'}", 'expected the name of a parameter or secret'],
  ])('is refused with its place: %s', (text, message) => {
    expect(() => readValue(text)).toThrow(/^cfn\/stacks\.yml:2:\d+: stacks\.a\.parameters\.P/)
    expect(() => readValue(text)).toThrow(message)
  })

  it('comes from the environment and from files', () => {
    const graph = parse('stacks: {a: {template: a.yml, parameters: {E: {env: STAGE}, F: {file: x.txt}}}}')
    const readFile = (path: string) => (path === 'cfn/x.txt' ? '\ufefftwo\nlines\n' : '')
    const filled = fillLocalValues(graph, { env: { STAGE: 'prod' }, readFile }).get('a')
    expect(Object.fromEntries(filled?.parameters ?? [])).toEqual({
      E: [{ kind: 'text', text: 'prod' }],
      F: [{ kind: 'text', text: 'two\nlines' }],
    })
    expect(() => fillLocalValues(graph, { env: {}, readFile })).toThrow(
      'cfn/stacks.yml:1:47: stacks.a.parameters.E: the variable STAGE is not in the environment',
    )
  })

  it('has a literal sign wherever it is written twice', () => {
    expect(parseValue('$${x}${prefix}$$', 'here')).toEqual([
      { kind: 'text', text: '${x}' },
      { kind: 'setting', name: 'prefix' },
      { kind: 'text', text: '$$' },
    ])
  })
})

describe('the settings of a stack', () => {
  it('are none where nothing is said', () => {
    expect(entry('optional: false').settings).toEqual({ tags: new Map(), isProtected: false })
  })

  it('are its own before those of all, and tags of both', () => {
    const arn = 'arn:aws:sns:eu-west-1:111122223333:x'
    const rest = `defaults: {tags: {Team: a, Cost: b}, termination-protection: true, notification-arns: [${arn}], protect: true}\n`
    const { settings } = entry(
      `tags: {Team: c}, protect: false, rollback-alarms: ${arn}, rollback-minutes: 5, stack-policy: p.json`,
      rest,
    )
    expect(settings).toEqual({
      tags: new Map([
        ['Team', 'c'],
        ['Cost', 'b'],
      ]),
      isProtected: false,
      terminationProtection: true,
      policy: 'cfn/p.json',
      notificationArns: [arn],
      rollback: { alarms: [arn], minutes: 5 },
    })
  })

  it.each([
    ['protect: yes', 'stacks.a.protect: expected one of true, false, got "yes"'],
    ['notification-arns: [x]', 'stacks.a.notification-arns: expected an ARN, got "x"'],
    ['rollback-minutes: 181, rollback-alarms: []', 'rollback-alarms: expected a list of texts'],
    ['tags: [x]', 'stacks.a.tags: expected a map'],
    ['terminaton-protection: true', 'unknown key; did you mean "termination-protection"'],
  ])('are refused: %s', (fields, message) => {
    expect(() => entry(fields)).toThrow(message)
  })

  it.each([
    [`${'k'.repeat(129)}: x`, 'expected a key of 1 to 128 characters, got 129'],
    ["'': x", 'expected a key of 1 to 128 characters, got 0'],
    ['aws:x: y', 'expected a key without the prefix "aws:", which AWS keeps for itself'],
    [`k: ${'v'.repeat(257)}`, 'expected a value of at most 256 characters, got 257'],
  ])('have no tag that CloudFormation refuses: %s', (tag, message) => {
    const tags = `tags: {${tag}}`
    expect(() => entry(tags)).toThrow(/^cfn\/stacks\.yml:2:\d+: stacks\.a\.tags/)
    expect(() => entry(tags)).toThrow(message)
    expect(() => entry('', `defaults: {${tags}}`)).toThrow(/^cfn\/stacks\.yml:3:\d+: defaults\.tags/)
    const over = `stacks: {a: {${tags}}}`
    expect(() => parse('stacks: {a: {template: a.yml, tags: {k: x}}}', over)).toThrow(message)
    expect(() => parse('stacks: {a: {template: a.yml}}', over)).toThrow(/^cfn\/stacks\.prod\.yml:1:\d+: /)
  })

  it('may have tags as long as CloudFormation takes them', () => {
    const [key, value] = ['k'.repeat(128), 'v'.repeat(256)]
    expect(entry(`tags: {${key}: ${value}, awsome: ''}`).settings.tags.get(key)).toBe(value)
  })

  it('has a stack policy in JSON', () => {
    const graph = parse('stacks: {a: {template: a.yml, stack-policy: p.json}}')
    const fill = (text: string) =>
      fillLocalValues(graph, { env: {}, readFile: () => text }).get('a')?.settings.policy
    expect(fill('{"Statement": []}')).toBe('{"Statement": []}')
    expect(() => fill('{')).toThrow('cfn/p.json: expected a stack policy in JSON')
  })
})

describe('the name of a stack', () => {
  it('is that of the prefix and the key, or its own', () => {
    const graph = parse("stacks: {a: {template: a.yml}, b: {template: b.yml, stack-name: 'x-${prefix}'}}")
    expect(nameStacks('ddn', graph)).toEqual(
      new Map([
        ['a', 'ddn-a'],
        ['b', 'x-ddn'],
      ]),
    )
  })

  it('is of one stack only, and as CloudFormation takes it', () => {
    const graph = parse('stacks: {a: {template: a.yml}, b: {template: b.yml, stack-name: ddn-a}}')
    expect(() => nameStacks('ddn', graph)).toThrow('stacks.b: has the name ddn-a, as the stack "a" has')
    expect(() => entry('stack-name: 1x')).toThrow('expected up to 128 letters, digits and dashes, got "1x"')
  })

  it('has at most 128 characters with its prefix', () => {
    const graph = parse(`stacks: {a: {template: a.yml, stack-name: '\${prefix}-${'n'.repeat(124)}'}}`)
    expect(nameStacks('ddn', graph).get('a')).toHaveLength(128)
    expect(() => nameStacks('ddns', graph)).toThrow(
      `cfn/stacks.yml:1:43: stacks.a.stack-name: expected a name of up to 128 letters, digits and dashes, got "ddns-${'n'.repeat(124)}" of 129; shorten the name or the prefix`,
    )
  })

  it('is refused at its stack where that gives it', () => {
    const key = 'n'.repeat(100)
    expect(() => nameStacks('p'.repeat(28), parse(`stacks: {${key}: {template: a.yml}}`))).toThrow(
      `cfn/stacks.yml:1:112: stacks.${key}: expected a name of up to 128`,
    )
  })
})

describe('an overlay', () => {
  const base =
    'stacks:\n  a: {template: a.yml, parameters: {P: one, Q: two}, depends-on: [b]}\n  b: {template: b.yml}\n'

  it('replaces values and lists, adds stacks, and leaves the rest', () => {
    const graph = parse(
      base,
      'stacks:\n  a: {parameters: {Q: three}, depends-on: [c]}\n  c: {template: c.yml}\n',
    )
    expect([...graph.keys()]).toEqual(['a', 'b', 'c'])
    expect(graph.get('a')).toMatchObject({
      template: 'cfn/a.yml',
      dependsOn: ['c'],
      parameters: new Map([
        ['P', [{ kind: 'text', text: 'one' }]],
        ['Q', [{ kind: 'text', text: 'three' }]],
      ]),
    })
  })

  it('is named where a value of it is wrong', () => {
    expect(() => parse(base, "\nstacks: {a: {parameters: {Q: '${x}'}}}")).toThrow(
      /^cfn\/stacks\.prod\.yml:2:30: stacks\.a\.parameters\.Q: expected/,
    )
    expect(() => parse(base, 'stacks: {c: {tmplate: c.yml}}')).toThrow(
      /^cfn\/stacks\.prod\.yml:1:23: stacks\.c\.tmplate: unknown key; did you mean "template"/,
    )
  })
})

describe('a stack with conditions', () => {
  const graph = parse(`stacks:
  a: {template: a.yml, when: {prefix: [prod, stage]}}
  b: {template: b.yml, when: {env.SIZE: large}, depends-on: [a]}
  c: {template: c.yml, parameters: {P: '\${a.X}'}}
`)
  const given = new Map([['c.P', 'x']])
  const keys = (prefix: string, env: Record<string, string>) => [
    ...chooseByWhen(graph, { prefix, env }, given).keys(),
  ]

  it('is there where all of them hold', () => {
    expect(keys('prod', { SIZE: 'large' })).toEqual(['a', 'b', 'c'])
    expect(keys('dev', { SIZE: 'large' })).toEqual(['b', 'c'])
    expect(keys('stage', {})).toEqual(['a', 'c'])
    expect(chooseByWhen(graph, { prefix: 'dev', env: { SIZE: 'large' } }, given).get('b')?.dependsOn).toEqual(
      [],
    )
  })

  it('is told of where another takes an output of it', () => {
    expect(() => chooseByWhen(graph, { prefix: 'dev', env: {} }, new Map())).toThrow(
      'stacks.c.parameters.P: takes an output of "a", which its "when" leaves out',
    )
  })

  it('has conditions that are known', () => {
    expect(() => entry('when: {region: x}')).toThrow('stacks.a.when.region: expected prefix or env.NAME')
  })
})
