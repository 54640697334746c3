import { type Deployed, listAllValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/**
 * Lists the warnings of the templates that hold for values that are known before the deployment. One with `Unless`
 * holds only where no stack of the graph, planned or deployed, has that value.
 */
export function listWarnings(steps: readonly StackStep[], place: Place, deployed: Deployed): string[] {
  const values = listAllValues(steps, place, deployed)
  const isAnywhere = ({ parameter, value }: { parameter: string; value: string }) =>
    [...values.values()].some((each) => each.get(parameter) === value)
  return steps.flatMap(({ key, stackName, template }) =>
    template.warnings
      .filter(({ parameter, value, unless }) => {
        return values.get(key)?.get(parameter) === value && !(unless && isAnywhere(unless))
      })
      .map(({ parameter, value, text }) => `${stackName}: ${parameter}=${value}: ${text}`),
  )
}
