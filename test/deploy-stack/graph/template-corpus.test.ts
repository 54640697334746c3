import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findFault } from '../../../actions/deploy-stack/graph/parameter-rule.ts'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { root } from '../../../scripts/local-aws-process.ts'

// TEMPLATES=/folder checks the templates of another folder, which CloudFormation takes.
const folder = process.env.TEMPLATES ?? join(root, 'cloudformation')
const files = globSync('**/*.{yml,yaml,json,template}', { cwd: folder })
const bodies = files.map((file) => ({ file, body: readFileSync(join(folder, file), 'utf8') }))
const templates = bodies.filter(({ body }) => /^\s*"?Resources"?\s*:|[{,]\s*"Resources"\s*:/m.test(body))

function refusals({ file, body }: { file: string; body: string }): string[] {
  try {
    const { parameters } = parseTemplate(body, file)
    return [...parameters].flatMap(([name, rule]) => {
      const fault = rule.default === undefined ? undefined : findFault(rule, rule.default)
      return fault ? [`${file}: ${name}: ${fault}`] : []
    })
  } catch (error) {
    return [String(error)]
  }
}

it(`takes templates that CloudFormation takes, with their defaults: those of ${folder}`, {
  timeout: 300_000,
}, () => {
  expect(templates.length).toBeGreaterThan(0)
  expect(templates.flatMap(refusals)).toEqual([])
})
