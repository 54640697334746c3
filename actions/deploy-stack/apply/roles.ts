import type { StackContext } from '../context.ts'
import type { StackStep } from '../plan/plan.ts'
import { listServiceLinkedRoles } from '../plan/roles.ts'

/** Creates the service-linked roles that the stacks need and the account lacks. */
export async function ensureRoles(steps: readonly StackStep[], context: StackContext): Promise<void> {
  for (const service of listServiceLinkedRoles(steps.map(({ template }) => template))) {
    const created = await context.connections.ensureServiceLinkedRole(service)
    if (created) context.log.info(`created the service-linked role of ${service}`)
  }
}
