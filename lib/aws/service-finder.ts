import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { UserError } from '../errors.ts'
import { quote } from '../quote.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'
import { listResources } from './stack-resources.ts'

/** Where a service is. */
type FoundService = { cluster: string; service: string }

/** The calls that find services by what they belong to. */
export type ServiceFinder = {
  /** Finds the services that a stack made. Throws UserError where there is no such stack. */
  ofStack(stack: string): Promise<FoundService[]>
  /** Names those of some services that have all of these tags. */
  tagged(cluster: string, services: readonly string[], tags: ReadonlyMap<string, string>): Promise<string[]>
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
const servicesOfACall = 10

/** Creates the adapter that finds services. */
export function makeServiceFinder(config: AwsConfig): ServiceFinder {
  const stacks = makeClient(CloudFormationClient, config)
  const ecs = makeClient(ECSClient, config)
  return {
    ofStack: async (stack) => {
      const resources = await listResources(stacks, stack).catch((error: unknown) => {
        if (awsErrorName(error) !== 'ValidationError') throw error
        throw new UserError(`stack: no stack ${quote(stack)} in ${config.region}`, { cause: error })
      })
      return resources.flatMap(({ type, physicalId }) => {
        // The old form of the ARN names no cluster: services that have it are chosen by name.
        const [, cluster, service] = /:service\/([^/]+)\/([^/]+)$/.exec(physicalId) ?? []
        return type === 'AWS::ECS::Service' && cluster && service ? [{ cluster, service }] : []
      })
    },
    tagged: async (cluster, names, tags) =>
      await inBatches(names, servicesOfACall, async (services) => {
        const input = { cluster, services: [...services], include: ['TAGS' as const] }
        const page = await ecs.send(new DescribeServicesCommand(input))
        return (page.services ?? []).flatMap(({ serviceName, tags: found = [] }) => {
          const values = new Map(found.map(({ key, value }) => [key, value]))
          const hasAll = [...tags].every(([key, value]) => values.get(key) === value)
          return hasAll && serviceName ? [serviceName] : []
        })
      }),
  }
}
