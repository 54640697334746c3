import { boolean, choice, defineInputs, integer, list, text } from '../../lib/inputs.ts'
import { prefixInput } from '../../lib/service/prefix.ts'
import { withoutSecrets } from '../../lib/url.ts'

const url = {
  matches: (value: string) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
  expected: 'an http or https URL',
  show: withoutSecrets,
}

/** The inputs of pause-resume; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  operation: choice(['pause', 'resume', 'status'], {
    required: true,
    meaning:
      '`pause` scales the services and their instances to zero, `resume` restores them, `status` only reports.',
  }),
  cluster: text({ required: true, meaning: 'Name of the ECS cluster.' }),
  services: list({
    meaning:
      'Names of the services, separated by newlines or commas. Without it, all services of the cluster.',
  }),
  prefix: prefixInput(
    "First part of the toolkit bucket's name, where the state of a paused service is stored.",
  ),
  reason: text({
    meaning:
      'Why, for `status` and the saved state. By default, the name of the event that started the workflow.',
  }),
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
    meaning: 'For `resume`, a URL that must return a 2xx status before the service counts as resumed.',
  }),
  'dry-run': boolean({ default: false, meaning: 'Prints the plan and writes nothing.' }),
})
