import { dirname, join } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import { type Artifact, parseTemplate, type Template } from './template.ts'
import { isLoop, listOf, mapOf, type Tree, textOf } from './template-tree.ts'

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
    const isTemplate = ({ property }: Artifact) => property === 'TemplateURL'
    const nested = artifacts.filter(isTemplate).map((artifact) => {
      const why = `it is ${artifact.logicalId}.TemplateURL of ${path}`
      return { ...artifact, template: read(artifact.file, why, [...parents, path]) }
    })
    const folders = artifacts.filter((artifact) => !isTemplate(artifact))
    const whole = { ...template, nested, folders }
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

function listArtifacts({ path, sections }: Template): Artifact[] {
  const artifactOf = (resource: Tree, at: readonly string[], loops: readonly Loop[]): Artifact[] => {
    const { Type, Properties } = mapOf(resource)
    const property = properties.get(textOf(Type) ?? '')
    const address = property === undefined ? undefined : textOf(mapOf(Properties)[property])
    if (
      property === undefined ||
      address === undefined ||
      /^(https:\/\/|s3:\/\/|\{\{resolve:)/i.test(address)
    )
      return []
    const logicalId = at.at(-1) ?? ''
    verifyIsOne(address, `${path}: ${logicalId}.${property}`, loops)
    return [{ logicalId, property, at: [...at, 'Properties', property], file: join(dirname(path), address) }]
  }
  const visit = (entries: Tree, at: readonly string[], loops: readonly Loop[]): Artifact[] =>
    Object.entries(mapOf(entries)).flatMap(([name, value]) => {
      const own = [...at, name]
      if (!isLoop(name)) return artifactOf(value, own, loops)
      const [variable, , body] = listOf(value)
      return visit(body, [...own, '2'], [...loops, { name, variable: textOf(variable) ?? '' }])
    })
  return visit(sections.Resources, ['Resources'], [])
}

type Loop = { name: string; variable: string }

// What a loop writes into a path is known to CloudFormation only, and it reads no files.
function verifyIsOne(address: string, where: string, loops: readonly Loop[]): void {
  const loop = loops.find(({ variable }) =>
    ['$', '&'].some((sign) => address.includes(`${sign}{${variable}}`)),
  )
  if (loop)
    throw new UserError(
      `${where}: expected a path without the variable of the loop ${loop.name}, got ${quote(address)}; give the loop one path for all, or write the resources out`,
    )
}
