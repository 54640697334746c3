import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** Makes the call that reads the desired count of a service; undefined where the service or its cluster is not there. */
export function makeReadDesired(
  config: AwsConfig,
): (cluster: string, service: string) => Promise<number | undefined> {
  const client = makeClient(ECSClient, config)
  return async (cluster, service) => {
    try {
      const { services = [] } = await client.send(
        new DescribeServicesCommand({ cluster, services: [service] }),
      )
      return services.find(({ status }) => status === 'ACTIVE')?.desiredCount
    } catch (error) {
      if (awsErrorName(error) === 'ClusterNotFoundException') return undefined
      throw error
    }
  }
}
