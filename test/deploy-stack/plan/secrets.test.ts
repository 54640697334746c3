import { expect, it } from 'vitest'
import { parseGraph } from '../../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { listSecrets } from '../../../actions/deploy-stack/plan/secrets.ts'

const list = (noEcho: string, given: Record<string, string>) => {
  const graph = parseGraph('stacks:\n  app: {template: t.yml, parameters: {Key: written}}\n', 'stacks.yml')
  const body = `Parameters:
  Key: {Type: String, NoEcho: ${noEcho}}
  Size: {Type: String, Default: small}
Resources: {A: {Type: AWS::SNS::Topic}}`
  return listSecrets(graph, new Map([['app', parseTemplate(body, 't.yml')]]), new Map(Object.entries(given)))
}

it.each(['true', 'True', 'TRUE', '"true"', 'yes', 'Yes', 'on', 'ON', 'y'])(
  'takes NoEcho %s for true, as CloudFormation does',
  (noEcho) => {
    expect(list(noEcho, { Key: 'one', 'app.Key': 'two', Size: 'large' })).toEqual(['two', 'one', 'written'])
  },
)

it.each(['false', 'no', 'off', '"false"'])('hides nothing where NoEcho is %s', (noEcho) => {
  expect(list(noEcho, { Key: 'one' })).toEqual([])
})
