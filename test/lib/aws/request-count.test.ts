import { expect, it } from 'vitest'
import { makeRequestCounts } from '../../../lib/aws/request-count.ts'
import { sendJson, sendXml, startAws } from '../../fixtures/aws-server.ts'

const arn = (rest: string) => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${rest}`

it('adds up the requests of each load balancer of each target group, minute by minute', async () => {
  const groups = ['one', 'two'].map((name) => arn(`targetgroup/${name}/1`))
  const balancers = ['a', 'b'].map((name) => `<member>${arn(`loadbalancer/app/${name}/2`)}</member>`).join('')
  const members = groups.map(
    (group, at) =>
      `<member><TargetGroupArn>${group}</TargetGroupArn><LoadBalancerArns>${at === 0 ? balancers : ''}</LoadBalancerArns></member>`,
  )
  const { config, calls } = await startAws(({ operation }, response) =>
    operation === 'DescribeTargetGroups'
      ? sendXml(
          response,
          200,
          `<DescribeTargetGroupsResponse><DescribeTargetGroupsResult><TargetGroups>${members.join('')}</TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>`,
        )
      : sendJson(response, 200, { Datapoints: [60, 120].map((Timestamp) => ({ Timestamp, Sum: 3 })) }),
  )
  expect(await makeRequestCounts(config).sum(groups, 0, 900_000)).toBe(12)
  const asked = calls.slice(1).map(({ body }) => JSON.parse(body))
  expect(asked).toMatchObject(
    ['a', 'b'].map((name) => ({
      ...{ Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount', Period: 60, Statistics: ['Sum'] },
      Dimensions: [
        { Name: 'LoadBalancer', Value: `app/${name}/2` },
        { Name: 'TargetGroup', Value: 'targetgroup/one/1' },
      ],
    })),
  )
})
