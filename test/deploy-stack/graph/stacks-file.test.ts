import { expect, it } from 'vitest'
import { chooseStacksFile } from '../../../actions/deploy-stack/graph/stacks-file.ts'

const own = 'cloudformation/stacks.yml'
const brought = '/action/cloudformation/stacks.yml'

it.each([
  ['the one that is named', 's.yml', [own, brought], 's.yml'],
  ["the workspace's", undefined, [own, brought], own],
  ['the one that the action brings', undefined, [brought], brought],
  ["the workspace's where both are missing, so that its absence is told", undefined, [], own],
])('takes %s', (_, given, files: string[], path) => {
  expect(chooseStacksFile(given, { brought, exists: (file) => files.includes(file) }).path).toBe(path)
})
