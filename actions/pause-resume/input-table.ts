import { boolean, choice, defineInputs, integer, keyValues, list, text } from '../../lib/inputs.ts'
import { timeZoneFormat } from '../../lib/service/calendar.ts'
import { prefixInput } from '../../lib/service/prefix.ts'
import { withoutSecrets } from '../../lib/url.ts'

const url = {
  matches: (value: string) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
  expected: 'an http or https URL',
  show: withoutSecrets,
}

const reason = {
  matches: (value: string) => /^[^\p{Cc}]{1,200}$/u.test(value),
  expected: 'one line of up to 200 characters',
}

const price = {
  matches: (value: string) => /^\d{1,6}(\.\d{1,6})?$/.test(value),
  expected: 'USD an hour, such as 0.647',
}

/** The inputs of pause-resume; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  operation: choice(['pause', 'resume', 'status', 'auto', 'keep-awake'], {
    required: true,
    meaning:
      '`pause` scales the services and their instances to zero, `resume` restores them, `status` only reports, `auto` does what the calendar says for now, `keep-awake` keeps the services from being paused for some time.',
  }),
  cluster: list({
    required: true,
    meaning: 'Names or ARNs of the ECS clusters, separated by newlines or commas; mostly one.',
  }),
  services: list({
    meaning:
      'Names or ARNs of the services, separated by newlines or commas, or `all`. Needed unless `stack` or `tags` choose them.',
  }),
  stack: text({ meaning: 'CloudFormation stack whose services are meant, in place of `services`.' }),
  tags: keyValues({
    meaning: 'Lines `Key=value`: services that have all of these tags are meant, in place of `services`.',
  }),
  calendar: text({
    meaning: 'Path of the [calendar](#calendar). `auto` needs it; `status` shows what it says.',
  }),
  timezone: text({
    format: timeZoneFormat,
    meaning: 'Time zone of the times that are given and shown. Without it, that of the calendar, or UTC.',
  }),
  'keep-awake-until': text({
    meaning:
      'For `keep-awake` and `resume`, until when the services are not paused: `2026-12-24 08:00`, or with an offset `2026-12-24T08:00+09:00`.',
  }),
  reason: text({
    format: reason,
    meaning:
      'Why, for `status` and the saved state. By default, the name of the event that started the workflow; `keep-awake-until` needs it.',
  }),
  'idle-minutes': integer({
    min: 1,
    max: 1440,
    meaning:
      'For `pause` and `auto`, leaves services that got requests in the last so many minutes, or whose tasks protect themselves. CloudWatch counts requests some minutes late: give 10 or more.',
  }),
  'on-conflict': choice(['respect', 'restore', 'fail'], {
    default: 'respect',
    meaning:
      'What to do where a person has changed something meanwhile. `respect`: `auto` leaves a service that a person paused or resumed until the next change of the calendar; of one that was started by hand while paused, the numbers that it has now hold. `restore`: what the calendar says, and the saved numbers. `fail`: changes nothing, and says what was changed.',
  }),
  'wait-for-deployment': integer({
    default: 15,
    min: 0,
    max: 600,
    meaning:
      'For `pause` and `auto`, how many minutes, up to half of `timeout-minutes`, to wait for a deployment of a service before it is paused.',
  }),
  'instance-price': text({
    format: price,
    meaning: 'What an hour of an instance costs, in USD. Without it, the list price where it is known.',
  }),
  prefix: prefixInput(
    "First part of the toolkit bucket's name, where the state of a paused service is stored.",
  ),
  wait: boolean({
    default: true,
    meaning:
      'For `pause`, waits until the instances are gone; for `resume`, until tasks run and targets are healthy. Without it, the result is `pausing` or `resuming` as long as they are not.',
  }),
  'timeout-minutes': integer({
    default: 30,
    min: 1,
    max: 600,
    meaning: 'How long to wait, for all steps together. If the wait times out, the step fails.',
  }),
  'ready-url': text({
    format: url,
    meaning:
      'For `resume` and `auto`, a URL that must return a 2xx status before a service counts as resumed.',
  }),
  'dry-run': boolean({ default: false, meaning: 'Prints the plan and writes nothing.' }),
})
