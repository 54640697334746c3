import { evaluateText, type Scope } from '../graph/evaluate.ts'
import { listResources } from '../graph/expand.ts'
import { namedTypes } from '../graph/named-type.ts'
import { mapOf, type Tree } from '../graph/template-tree.ts'
import type { StackStep } from './plan.ts'

/** The name that a stack gives to a resource. */
export type ResourceName = {
  key: string
  logicalId: string
  type: string
  name: string
  isRetained: boolean
  /** Whether it is made at all: only a deployment may tell whether its condition holds. */
  isSure: boolean
}

/** Lists the names that a stack gives to its resources, as far as they are known before the deployment. */
export function listNames(
  { key, template }: Pick<StackStep, 'key' | 'template'>,
  scope: Scope,
): ResourceName[] {
  return listResources(template, scope).flatMap(({ logicalId, type, properties, ...more }) => {
    const path = namedTypes.get(type)?.property
    const given = path?.reduce((within: Tree, property) => mapOf(within)[property], properties)
    const name = evaluateText(given, scope)
    const isRetained = /^Retain(ExceptOnCreate)?$/.test(more.deletionPolicy ?? '')
    return name ? [{ key, logicalId, type, name, isRetained, isSure: more.condition === undefined }] : []
  })
}
