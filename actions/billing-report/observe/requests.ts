import type { Period } from '../../../lib/service/calendar.ts'
import type { Connections } from '../context.ts'
import type { Inputs } from '../inputs.ts'

const hour = 3_600_000

/**
 * Reads how many requests API Gateway counted in each hour of a period, by the hour's start; undefined where no API is
 * named. An hour without a request has no data.
 */
export async function countRequests(
  { api }: Pick<Inputs, 'api'>,
  { start, end }: Pick<Period, 'start' | 'end'>,
  { metrics }: Pick<Connections, 'metrics'>,
): Promise<Map<number, number> | undefined> {
  if (!api) return undefined
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  const dimensions = { ApiId: api.id, Stage: api.stage }
  const metric = { namespace: 'AWS/ApiGateway', name: 'Count', statistic: 'Sum', dimensions } as const
  return await metrics.readHours(metric, Math.floor(start / hour) * hour, Math.ceil(end / hour) * hour)
}
