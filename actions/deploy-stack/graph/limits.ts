import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import type { Scope } from './evaluate.ts'
import { unroll } from './expand.ts'
import type { Template } from './template.ts'
import { isLoop, mapOf } from './template-tree.ts'

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const limits = [
  { section: 'Parameters', most: 200, isNamed: true },
  { section: 'Resources', most: 500, isNamed: true },
  { section: 'Outputs', most: 200, isNamed: true },
  // Which signs their names may have is not said.
  { section: 'Mappings', most: 200, isNamed: false },
] as const

const longestName = 255

/** Returns whether more values may show more entries of a template. */
export const hasLoops = ({ sections }: Template) =>
  limits.some(({ section }) => Object.keys(mapOf(sections[section])).some(isLoop))

/**
 * Verifies that a template has no more of each section than CloudFormation takes, under names that it takes. What a macro
 * or a loop over values that are not known makes is left to it. Throws UserError.
 */
export function verifyLimits(template: Template, scope: Scope): void {
  if (template.isTransformed) return
  for (const { section, most, isNamed } of limits) {
    const names = listNames(template, section, scope)
    if (names.length > most)
      throw new UserError(
        `${template.path}: ${section}: expected at most ${most}, got ${names.length}; split the template`,
      )
    const bad = isNamed ? names.find((name) => !isLogicalId(name)) : undefined
    if (bad === undefined) continue
    throw new UserError(
      `${template.path}: ${section}: expected names of up to ${longestName} letters and digits, got ${quote(bad)}; rename it`,
    )
  }
}

function listNames(template: Template, section: string, scope: Scope): string[] {
  const content = template.sections[section]
  // An include, which may be in each section.
  if ('Fn::Transform' in mapOf(content)) return []
  const entries = unroll(content, scope, template.path).filter(({ isWhole }) => isWhole)
  return [...new Set(entries.map(({ name }) => name))]
}

const isLogicalId = (name: string) => name.length <= longestName && /^[A-Za-z0-9]+$/.test(name)
