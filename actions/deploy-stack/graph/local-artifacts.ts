import { dirname, join } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import { parseTemplate, type Template } from './template.ts'
import { mapOf, textOf } from './template-tree.ts'

type ReadFile = (path: string, advice?: string) => string

const deepest = 10

/**
 * Reads a template with what it names by a path relative to it: the templates of nested stacks, and folders of code. Each
 * file is parsed once. Throws UserError.
 */
export function makeTemplateReader(readFile: ReadFile): (path: string) => Template {
  const byPath = new Map<string, Template>()
  const read = (path: string, advice: string | undefined, parents: readonly string[]): Template => {
    const known = byPath.get(path)
    if (known) return known
    if (parents.includes(path) || parents.length > deepest)
      throw new UserError(
        `${path}: expected nested stacks that end, got ${[...parents, path].slice(-3).join(' → ')}`,
      )
    const template = parseTemplate(readFile(path, advice), path)
    const artifacts = listArtifacts(template)
    const nested = artifacts.flatMap(({ logicalId, property, file }) => {
      if (property !== 'TemplateURL') return []
      const why = `it is ${logicalId}.TemplateURL of ${path}`
      return [[logicalId, read(file, why, [...parents, path])] as const]
    })
    const folders = artifacts.filter(({ property }) => property !== 'TemplateURL')
    const whole = { ...template, nested: new Map(nested), folders }
    byPath.set(path, whole)
    return whole
  }
  return (path) => read(path, undefined, [])
}

// As `aws cloudformation package` knows them.
const properties: ReadonlyMap<string, string> = new Map([
  ['AWS::CloudFormation::Stack', 'TemplateURL'],
  ['AWS::Lambda::Function', 'Code'],
  ['AWS::Lambda::LayerVersion', 'Content'],
])

function listArtifacts({ path, sections }: Template): Template['folders'] {
  return Object.entries(mapOf(sections.Resources)).flatMap(([logicalId, resource]) => {
    const { Type, Properties } = mapOf(resource)
    const property = properties.get(textOf(Type) ?? '')
    const address = property === undefined ? undefined : textOf(mapOf(Properties)[property])
    if (property === undefined || address === undefined || /^(https|s3):\/\//i.test(address)) return []
    return [{ logicalId, property, file: join(dirname(path), address) }]
  })
}
