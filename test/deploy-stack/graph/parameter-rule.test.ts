import { expect, it } from 'vitest'
import { findFault, readParameterRule } from '../../../actions/deploy-stack/graph/parameter-rule.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { toTree } from '../../../actions/deploy-stack/graph/template-tree.ts'

const digest = { Type: 'String', AllowedPattern: '.+@sha256:[0-9a-f]{4}' }
const count = { Type: 'Number', MinValue: 1, MaxValue: '100' }

it.each([
  [{ Type: 'String', AllowedValues: ['key', 'none'] }, 'open', 'expected one of key, none, got "open"'],
  [{ Type: 'Number', AllowedValues: [1, 3] }, '2', 'expected one of 1, 3, got "2"'],
  [digest, 'app:latest', 'expected .+@sha256:[0-9a-f]{4}, got "app:latest"'],
  [digest, 'app@sha256:00001', 'expected .+@sha256:[0-9a-f]{4}, got "app@sha256:00001"'],
  [
    { ...digest, ConstraintDescription: 'an image by digest' },
    'app',
    'expected an image by digest, got "app"',
  ],
  [{ ...digest, ConstraintDescription: '' }, 'app', 'expected .+@sha256:[0-9a-f]{4}, got "app"'],
  [{ Type: 'List<Number>' }, '80,x', 'expected a number in each item, got "80,x"'],
  [
    { Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] },
    'a, c',
    'expected one of a, b in each item, got "a, c"',
  ],
  [
    { Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' },
    'a,1',
    'expected [a-z]+ in each item, got "a,1"',
  ],
  [{ Type: 'AWS::EC2::VPC::Id' }, 'main', 'expected an id such as vpc-0123abcd, got "main"'],
  [
    { Type: 'List<AWS::EC2::Subnet::Id>' },
    'subnet-1,vpc-1',
    'expected an id such as subnet-0123abcd in each item, got "subnet-1,vpc-1"',
  ],
  [
    { Type: 'AWS::SSM::Parameter::Value<String>' },
    'two words',
    'expected the name of a parameter of SSM, got "two words"',
  ],
  [count, '101', 'expected a number from 1 up to 100, got "101"'],
  [count, 'many', 'expected a number from 1 up to 100, got "many"'],
  [{ Type: 'String', MinLength: 8 }, 'short', 'expected a text of a length from 8, got "short"'],
  [
    { Type: 'String', MinLength: 8, NoEcho: true },
    'secret',
    'expected a text of a length from 8, got another value',
  ],
])('of %j refuses %s', (declaration, value, fault) => {
  expect(findFault(readParameterRule(toTree(declaration)), value)).toBe(fault)
})

it.each([
  [digest, 'app@sha256:0000'],
  [count, '1'],
  [count, '1.5'],
  [{ Type: 'String' }, ''],
  [{ Type: 'String', AllowedValues: [true, false] }, 'true'],
  [{ Type: 'List<AWS::EC2::Subnet::Id>', AllowedValues: ['a', 'b'] }, 'subnet-a, subnet-b'],
  [{ Type: 'List<Number>', MinValue: 5 }, ' 1,2.5 ,-3e2,'],
  [{ Type: 'String', AllowedPattern: '' }, 'what an empty pattern means is not said'],
  [{ Type: 'List<Number>' }, ''],
  [{ Type: 'List<String>', AllowedPattern: 'x' }, 'a,b'],
  [{ Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'], MinLength: 9 }, 'a, b'],
  [{ Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' }, ''],
  [{ Type: 'AWS::EC2::VPC::Id' }, 'vpc-0123abcd'],
  [{ Type: 'AWS::EC2::VPC::Id' }, '{{resolve:ssm:vpc}}'],
  [{ Type: 'AWS::EC2::KeyPair::KeyName' }, 'any name'],
  [{ Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>' }, '/network/subnets:3'],
  [{ Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: 'ami-.*' }, 'image'],
  [{ Type: 'AWS::SSM::Parameter::Name' }, 'arn:aws:ssm:ap-northeast-2:111122223333:parameter/image'],
  [{ Type: 'String', AllowedPattern: '\\p{Alpha}(?i)x*+' }, 'what Java alone can read'],
])('of %j takes %s', (declaration, value) => {
  expect(findFault(readParameterRule(toTree(declaration)), value)).toBeUndefined()
})

const ruleIn = (body: string) => parseTemplate(body, 't').parameters.get('P')!
const versions = '{"Type": "String", "Default": 1.0, "AllowedValues": [1.0, 2.50, 123456789012345678901]}'

it.each([
  ['JSON', `{"Parameters": {"P": ${versions}}, "Resources": {"A": {}}}`, ['1', '2.50']],
  ['YAML', `Parameters:\n  P: ${versions}\nResources: {A: {}}`, ['2.50']],
])('takes numbers as they are written in %s', (_, body, more) => {
  const rule = ruleIn(body)
  expect(rule.default).toBe('1.0')
  const faults = ['1.0', '2.5', '123456789012345678901', ...more].map((value) => findFault(rule, value))
  expect(faults.filter((fault) => fault !== undefined)).toEqual([])
  expect(findFault(rule, '123456789012345680000')).toMatch(
    /^expected one of 1\.0, 2\.50, 123456789012345678901,/,
  )
})
