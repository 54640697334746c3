import { boolean, choice, defineInputs, integer, text } from '../../lib/inputs.ts'
import { isLoopback } from '../../lib/registry/http/secure-url.ts'

const webhook = {
  matches: (value: string) => {
    const { protocol, hostname = '' } = URL.parse(value) ?? {}
    return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  },
  expected: 'an https URL',
}

/** The inputs of notify; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  to: choice(['comment', 'issue', 'webhook'], {
    required: true,
    meaning:
      '`comment` leaves one comment at a pull request and updates it later, `issue` opens an issue or comments on the open one, `webhook` posts to a chat.',
  }),
  title: text({ required: true, meaning: 'What happened, in a few words: the title of the issue.' }),
  text: text({ meaning: 'More about it, in Markdown.' }),
  report: text({
    meaning: 'Path of the JSON report of one of these actions (its output `report`), whose summary is shown.',
  }),
  key: text({
    meaning: 'Tells messages about different things apart. Without it, the name of the workflow.',
  }),
  number: integer({
    min: 1,
    max: 2 ** 31,
    meaning: 'Number of the pull request of a comment. Without it, the one of the event.',
  }),
  token: text({
    secret: true,
    meaning: 'Token for GitHub: `github.token`, with `issues: write` or `pull-requests: write`. Masked.',
  }),
  'webhook-url': text({
    secret: true,
    format: webhook,
    meaning: 'URL of an incoming webhook of Slack, Mattermost or Rocket.Chat. Masked.',
  }),
  'dry-run': boolean({ default: false, meaning: 'Prints the message and sends nothing.' }),
})
