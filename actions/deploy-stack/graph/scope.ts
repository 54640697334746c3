import type { Scope } from './evaluate.ts'
import { unroll } from './expand.ts'
import type { Template } from './template.ts'
import { isLoop, mapOf } from './template-tree.ts'

/** Returns whether the value of a parameter is the name of one in SSM, which has the value itself. */
export const isStored = (type: string): boolean => type.startsWith('AWS::SSM::Parameter::Value<')

/** Makes the scope of a template's functions from the values of its parameters, and of pseudo parameters. */
export function scopeOf(
  { path, parameters, sections }: Template,
  values: ReadonlyMap<string, string>,
): Scope {
  const typeOf = (name: string) => parameters.get(name)?.type ?? ''
  // Of a parameter that is kept in SSM, the value is its name there.
  const known = [...values].filter(([name]) => !isStored(typeOf(name)))
  const lists = [...parameters.keys()].filter((name) => /^(CommaDelimitedList$|List<)/.test(typeOf(name)))
  const [conditions, mappings] = [mapOf(sections.Conditions), mapOf(sections.Mappings)]
  const scope = { values: new Map(known), lists: new Set(lists), conditions, mappings }
  if (!Object.keys(conditions).some(isLoop)) return scope
  const unrolled = unroll(conditions, scope, path).map(({ name, value }) => [name, value] as const)
  return { ...scope, conditions: Object.fromEntries(unrolled) }
}
