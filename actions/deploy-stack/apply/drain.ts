import { isDenied } from '../../../lib/aws/errors.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { StackContext } from '../context.ts'
import { waitForStacks } from './operation.ts'

type Resources = readonly { physicalId: string; type: string }[]

const idsOf = (resources: Resources, type: string) =>
  resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId)

/**
 * Takes the tasks of a stack's clusters down, then the instances of its groups: a deletion of the stack alone would
 * wait for the time-outs of instances that nobody drains any more. Every step can be repeated. Without the permission,
 * the deletion of the stack has to do.
 */
export async function drainCapacity(resources: Resources, context: StackContext): Promise<void> {
  const { capacityDrain } = context.connections
  const clusters = idsOf(resources, 'AWS::ECS::Cluster')
  const groups = idsOf(resources, 'AWS::AutoScaling::AutoScalingGroup')
  try {
    for (const cluster of clusters) {
      await waitUntilNone(`tasks of ${cluster}`, () => capacityDrain.stopServices(cluster), context)
    }
    for (const group of groups) {
      await waitUntilNone(
        `instances of ${group}`,
        () => capacityDrain.stopInstances(group, clusters),
        context,
      )
    }
  } catch (error) {
    if (!isDenied(error)) throw error
    context.log.warning(`${messageOf(error)}: the deletion may wait for instances longer than they need`)
  }
}

async function waitUntilNone(what: string, count: () => Promise<number>, context: StackContext) {
  let last = 0
  await waitForStacks(context, `end of the ${what}`, async () => {
    const left = await count()
    if (left !== last) context.log.info(`${what}: ${left}`)
    last = left
    return left === 0 ? true : undefined
  })
}
