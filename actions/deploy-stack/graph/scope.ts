import type { Scope } from './evaluate.ts'
import type { Template } from './template.ts'
import { mapOf } from './template-tree.ts'

/** Makes the scope of a template's functions from the values of its parameters, and of pseudo parameters. */
export function scopeOf({ parameters, sections }: Template, values: ReadonlyMap<string, string>): Scope {
  const typeOf = (name: string) => parameters.get(name)?.type ?? ''
  // Of a parameter that is kept in SSM, the value is its name there.
  const known = [...values].filter(([name]) => !typeOf(name).startsWith('AWS::SSM::Parameter::Value<'))
  const lists = [...parameters.keys()].filter((name) => /^(CommaDelimitedList$|List<)/.test(typeOf(name)))
  return {
    values: new Map(known),
    lists: new Set(lists),
    conditions: mapOf(sections.Conditions),
    mappings: mapOf(sections.Mappings),
  }
}
