import { artifactName } from '../../lib/artifact-name.ts'
import { boolean, choice, defineInputs, integer, keyValues, list, text } from '../../lib/inputs.ts'
import { isLoopback } from '../../lib/registry/http/secure-url.ts'
import { timeZoneFormat } from '../../lib/service/calendar.ts'
import { withoutSecrets } from '../../lib/url.ts'

// The key is sent to it.
const api = {
  matches: (value: string) => {
    const { protocol, hostname, search = '' } = URL.parse(value) ?? {}
    return search === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname ?? '')))
  },
  expected: 'an https URL without a query (http only on this machine)',
  show: withoutSecrets,
}

// No key is sent to a URL, which may be one inside a network.
const tritonPlace = {
  matches: (value: string) => value.startsWith('/') || /^https?:\/\/[^?#]+$/.test(value),
  expected: 'a path that begins with "/", or a URL without a query',
  show: withoutSecrets,
}

const path = { matches: (value: string) => value.startsWith('/'), expected: 'a path that begins with "/"' }

// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
const header = {
  matches: (value: string) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(value),
  expected: 'the name of a header',
}

/** The inputs of check-service; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  url: text({
    required: true,
    format: api,
    meaning: 'URL of the API: the output `ApiUrl` of the stack `api`.',
  }),
  'api-key': text({ secret: true, meaning: 'API key of a user who is there for this check. Masked.' }),
  'other-api-key': text({
    secret: true,
    meaning: "API key of another user, who must be refused the first user's files. Masked.",
  }),
  'api-key-header': text({ default: 'x-api-key', format: header, meaning: 'Header that carries the key.' }),
  triton: text({
    format: tritonPlace,
    meaning:
      'Path of the API, or URL that the runner reaches, below which Triton answers `v2/health/ready`: it must be ready, and its models too.',
  }),
  models: list({
    meaning: 'Names of the models that must be ready. Without it, all that Triton was to load.',
  }),
  picture: text({ meaning: 'Path of the picture to send. Without it, the action draws a small one.' }),
  clean: text({
    meaning:
      'Path of the same picture without noise, as PNG: the result must be closer to it than what was sent.',
  }),
  inference: choice(['both', 'sync', 'async'], {
    default: 'both',
    meaning: '`sync` asks for an answer with the result, `async` for a 202 whose result is polled for.',
  }),
  'ping-paths': list({
    meaning: 'Paths that must return a 2xx status. Without it, `/ping` and `/ping/service`.',
  }),
  'upload-path': text({
    default: '/presign?mode=upload&file={file}&type={type}&length={length}',
    format: path,
    meaning: 'Path that returns `url`, where the picture is uploaded, and `key`, which names it.',
  }),
  'download-path': text({
    default: '/presign?mode=download&file={file}',
    format: path,
    meaning: 'Path that returns `url`, from which a result is downloaded.',
  }),
  method: choice(['POST', 'PUT', 'GET'], { default: 'POST', meaning: 'Method of the inference.' }),
  path: text({ default: '/inference', format: path, meaning: 'Path of the inference.' }),
  body: text({
    default: '{"file": "{key}"}',
    meaning: 'Body of the inference. `{key}`, `{file}` and `{type}` are replaced, here as text of JSON.',
  }),
  'async-headers': keyValues({
    meaning: 'Headers that ask for a 202, one `NAME=VALUE` per line. Without it, `prefer=respond-async`.',
  }),
  'result-path': text({
    default: 'file',
    meaning:
      'Where the answer names the key of the result, such as `file` or `outputs.0.key`; `.` if the answer is the picture itself.',
  }),
  'error-path': text({
    default: 'error',
    meaning: 'Where a 202 names the key of an error. If it names none, the key is `RESULT.error.json`.',
  }),
  refusals: boolean({
    default: true,
    meaning: 'Also checks that expired and tampered URLs, foreign files and calls without a key are refused.',
  }),
  'longest-url-minutes': integer({
    default: 60,
    min: 1,
    max: 10_080,
    meaning: 'How long a presigned URL may be valid.',
  }),
  cluster: text({
    meaning:
      'Name or ARN of the ECS cluster: the summary also shows how its `service` stands and, if a check fails, why. Needs credentials.',
  }),
  service: text({ meaning: 'Name or ARN of the ECS service in it.' }),
  timezone: text({
    default: 'Asia/Seoul',
    format: timeZoneFormat,
    meaning: 'Time zone of the times that the summary shows beside UTC.',
  }),
  'output-directory': text({
    default: 'check-service',
    meaning: 'Folder for the pictures before and after. They are also uploaded as a workflow artifact.',
  }),
  'artifact-name': text({
    default: 'check-service',
    format: artifactName,
    meaning: 'Name of that artifact.',
  }),
  'timeout-minutes': integer({
    default: 10,
    min: 1,
    max: 60,
    meaning: 'How long calls are repeated while a service starts, for all checks together.',
  }),
  'dry-run': boolean({ default: false, meaning: 'Prints the checks and calls nothing.' }),
})
