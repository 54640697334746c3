import type { GroupSchedule } from '../../../lib/aws/group-schedules.ts'

type ShowTime = (at: number) => string

/** Returns whether a scheduled action starts instances, also of a group that is paused. */
export const startsInstances = ({ min, desired }: GroupSchedule): boolean =>
  Math.max(min ?? 0, desired ?? 0) > 0

/** Says what a scheduled action sets, and when. */
export function describeSchedule(schedule: GroupSchedule, showTime: ShowTime): string {
  const { group, name, min, desired, at, recurrence } = schedule
  const sizes = [
    ...(min === undefined ? [] : [`min ${min}`]),
    ...(desired === undefined ? [] : [`desired ${desired}`]),
  ]
  const when = [
    ...(at === undefined ? [] : [`at ${showTime(at)}`]),
    ...(recurrence === '' ? [] : [`by "${recurrence}"`]),
  ]
  return `${group}: its scheduled action ${name} sets ${sizes.join(', ') || 'its maximum'} ${when.join(', ')}`.trim()
}
