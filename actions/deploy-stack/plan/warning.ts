import type { Stack } from '../../../lib/aws/cloudformation.ts'
import type { Template } from '../graph/template.ts'

/**
 * Finds the template's warnings that hold for a deployment. `parameters` are those of its request: one that is
 * `undefined` keeps the value of the stack, one that is absent takes the default.
 */
export function findWarnings(
  template: Template,
  parameters: ReadonlyMap<string, string | undefined>,
  stack: Pick<Stack, 'parameters'> | undefined,
): string[] {
  const effective = (name: string) =>
    parameters.has(name)
      ? (parameters.get(name) ?? stack?.parameters.get(name))
      : template.parameters.get(name)?.default
  return template.warnings
    .filter(({ parameter, value }) => effective(parameter) === value)
    .map(({ parameter, value, text }) => `${parameter}=${value}: ${text}`)
}
