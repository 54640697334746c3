import type { DeployContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { type Graph, parseGraph } from './graph.ts'
import { makeTemplateReader } from './local-artifacts.ts'
import { parseOverrides } from './parameter-overrides.ts'
import { noSettings } from './stack-settings.ts'
import { chooseStacksFile } from './stacks-file.ts'
import type { Template } from './template.ts'
import { chooseByWhen } from './when.ts'

/** Reads the stacks that the inputs name: those of stacks.yml whose `when` holds, or one template alone. Throws UserError. */
export function readGraph(inputs: Inputs, context: DeployContext): Graph {
  if (inputs.single) return makeSingle(inputs.single, context)
  const { path, reason } = chooseStacksFile(inputs.stacks, context.stacksFiles)
  context.log.info(`stacks: ${path}, ${reason}`)
  const overlay = inputs.overlay === undefined ? undefined : readOverlay(path, inputs.overlay, context)
  const graph = parseGraph(context.readFile(path), path, overlay)
  return chooseByWhen(graph, { prefix: inputs.prefix, env: context.env }, inputs.parameters)
}

function readOverlay(path: string, name: string, context: DeployContext) {
  const file = path.replace(/(\.ya?ml)?$/, (ending) => `.${name}${ending}`)
  context.log.info(`stacks: ${file} stands above it`)
  return { file, text: context.readFile(file, `it is named by the input overlay, ${name}`) }
}

function makeSingle(
  { template, stackName, overrides }: NonNullable<Inputs['single']>,
  { readFile }: DeployContext,
): Graph {
  const given = parseOverrides(overrides, readFile)
  const entry = {
    key: stackName,
    place: 'template',
    template,
    stackName,
    optional: false,
    when: new Map(),
    dependsOn: [],
    assets: new Map(),
    parameters: new Map([...given].map(([name, text]) => [name, [{ kind: 'text' as const, text }]])),
    settings: noSettings,
    places: new Map([...given.keys()].map((name) => [`parameters.${name}`, `parameter-overrides: ${name}`])),
  }
  return new Map([[entry.key, entry]])
}

/** Reads the templates of a graph, by key. Throws UserError. */
export function readTemplates(graph: Graph, { readFile }: DeployContext): ReadonlyMap<string, Template> {
  const read = makeTemplateReader(readFile)
  return new Map([...graph.values()].map(({ key, template }) => [key, read(template)]))
}
