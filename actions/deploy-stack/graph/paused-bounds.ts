import { evaluateText } from './evaluate.ts'
import { scopeOf } from './scope.ts'
import type { Template } from './template.ts'
import { mapOf } from './template-tree.ts'

/** Minimum and maximum that a template gives to the desired count of a service. */
export type ScalingBounds = { min: number; max: number }

/**
 * Evaluates the bounds that a template would give to its scalable target of a service; undefined where it has none,
 * or more than one, or where only a deployment can tell them.
 */
export function evaluateBounds(
  template: Template,
  values: ReadonlyMap<string, string>,
): ScalingBounds | undefined {
  const [target, ...more] = Object.values(mapOf(template.sections.Resources))
    .map(mapOf)
    .filter(({ Type }) => Type === 'AWS::ApplicationAutoScaling::ScalableTarget')
  if (!target || more.length > 0) return undefined
  const { MinCapacity, MaxCapacity } = mapOf(target.Properties)
  const scope = scopeOf(template, values)
  const [min, max] = [MinCapacity, MaxCapacity].map((value) => Number(evaluateText(value, scope)))
  const isKnown = Number.isInteger(min) && Number.isInteger(max)
  return isKnown && min !== undefined && max !== undefined ? { min, max } : undefined
}
