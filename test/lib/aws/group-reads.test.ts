import { expect, it } from 'vitest'
import { makeGroupSchedules } from '../../../lib/aws/group-schedules.ts'
import { makeLaunchFailures } from '../../../lib/aws/launch-failures.ts'
import { sendXml, startAws } from '../../fixtures/aws-server.ts'

const member = (fields: Record<string, string | number>) =>
  `<member>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</member>`

const answer = async (operation: string, pages: readonly string[]) =>
  await startAws((_, response, count) => {
    const result = `<${operation}Result>${pages[count - 1]}</${operation}Result>`
    sendXml(response, 200, `<${operation}Response>${result}</${operation}Response>`)
  })

it('lists why instances do not start, since a time, and since the last one that has started', async () => {
  const activity = (StatusCode: string, what: string, minute: number) =>
    member({
      ...{
        StatusCode,
        Description: `${what} EC2 instance: i-${minute}`,
        StatusMessage: `${what} at ${minute}`,
      },
      StartTime: `2026-11-26T08:${minute}:00Z`,
    })
  const activities = [
    activity('InProgress', 'Launching a new', 59),
    activity('Failed', 'Launching a new', 58),
    // What has ended is no sign that another one can start.
    activity('Successful', 'Terminating', 57),
    activity('Cancelled', 'Launching a new', 56),
    activity('Failed', 'Launching a new', 55),
    activity('Successful', 'Launching a new', 54),
    activity('Failed', 'Launching a new', 53),
  ]
  const { config } = await answer('DescribeScalingActivities', [
    ...Array.from({ length: 2 }, () => `<Activities>${activities.join('')}</Activities>`),
  ])
  const failures = makeLaunchFailures(config)
  const all = [58, 56, 55].map((minute) => `Launching a new at ${minute}`)
  expect(await failures.list('g', 0)).toEqual(all)
  expect(await failures.list('g', Date.parse('2026-11-26T08:56:00Z'))).toEqual(all.slice(0, 2))
})

it('lists what groups are scheduled for, page by page', async () => {
  const actions = (list: string) => `<ScheduledUpdateGroupActions>${list}</ScheduledUpdateGroupActions>`
  const sizes = { MinSize: 0, DesiredCapacity: 2 }
  const often = { ScheduledActionName: 'morning', ...sizes, Recurrence: '0 8 * * *', TimeZone: 'Asia/Seoul' }
  const once = { ScheduledActionName: 'once', MaxSize: 4, StartTime: '2026-11-27T08:00:00Z' }
  const { config, calls } = await answer('DescribeScheduledActions', [
    `${actions(member(often))}<NextToken>n</NextToken>`,
    actions(member(once)),
  ])
  expect(await makeGroupSchedules(config).list(['g'])).toEqual([
    { group: 'g', name: 'morning', min: 0, desired: 2, at: undefined, recurrence: '0 8 * * * Asia/Seoul' },
    {
      ...{ group: 'g', name: 'once', min: undefined, desired: undefined, recurrence: '' },
      at: Date.parse('2026-11-27T08:00:00Z'),
    },
  ])
  const [first, second] = calls.map(({ body }) => new URLSearchParams(body))
  expect([first?.get('AutoScalingGroupName'), second?.get('NextToken')]).toEqual(['g', 'n'])
})
