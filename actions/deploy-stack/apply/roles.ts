import { isDenied } from '../../../lib/aws/errors.ts'
import { messageOf, TimeoutError } from '../../../lib/errors.ts'
import { waitUntil } from '../../../lib/wait.ts'
import type { StackContext } from '../context.ts'
import type { StackStep } from '../plan/plan.ts'
import { listServiceLinkedRoles, type ServiceLinkedRole } from '../plan/roles.ts'

// IAM shows a new role within seconds.
const longestSeconds = 60

/**
 * Creates the service-linked roles that the stacks need and the account lacks, and waits until they are seen. Where
 * that is denied, or takes long, a warning says so: the role may be there all the same.
 */
export async function ensureRoles(steps: readonly StackStep[], context: StackContext): Promise<void> {
  for (const role of listServiceLinkedRoles(steps.map(({ template }) => template))) {
    try {
      await ensureRole(role, context)
    } catch (error) {
      if (!isDenied(error) && !(error instanceof TimeoutError)) throw error
      context.log.warning(
        `service-linked role of ${role.service}: ${messageOf(error)}; if the account lacks it, a stack fails`,
      )
    }
  }
}

async function ensureRole({ service, role }: ServiceLinkedRole, context: StackContext): Promise<void> {
  const { serviceLinkedRoles } = context.connections
  const { clock, signal } = context
  const found = await serviceLinkedRoles.exists(role).catch((error: unknown) => {
    // To create it needs another permission than to look.
    if (isDenied(error)) return undefined
    throw error
  })
  if (found) return
  const created = await serviceLinkedRoles.create(service)
  if (created === undefined) return
  context.log.info(`created the service-linked role of ${service}`)
  if (found === undefined) return
  const look = async () => (await serviceLinkedRoles.exists(created)) || undefined
  await waitUntil(look, { what: `role ${role}`, timeoutSeconds: longestSeconds, clock, signal })
}
