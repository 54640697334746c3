import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { inBatches } from '../batch.ts'
import { type AwsConfig, makeClient } from './client.ts'

/** The calls to ECS that tell which services are being deployed. */
export type Deployments = {
  /** Names the services of a cluster that have a deployment in progress. */
  inProgress(cluster: string, services: readonly string[]): Promise<string[]>
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
const servicesOfACall = 10

/** Creates the adapter to the deployments of services. */
export function makeDeployments(config: AwsConfig): Deployments {
  const client = makeClient(ECSClient, config)
  return {
    inProgress: async (cluster, names) =>
      await inBatches(names, servicesOfACall, async (services) => {
        const page = await client.send(new DescribeServicesCommand({ cluster, services: [...services] }))
        return (page.services ?? []).flatMap(({ serviceName, deployments = [] }) =>
          serviceName && deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
            ? [serviceName]
            : [],
        )
      }),
  }
}
