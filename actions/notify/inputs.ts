import { UserError } from '../../lib/errors.ts'
import type { RawInputs } from '../../lib/inputs.ts'
import { inputTable } from './input-table.ts'

/** Where a message goes. */
type Destination =
  | { kind: 'comment'; token: string; number: number | undefined }
  | { kind: 'issue'; token: string }
  | { kind: 'webhook'; url: string }

/** The inputs, parsed. */
export type Inputs = {
  destination: Destination
  title: string
  text: string
  report: string | undefined
  key: string | undefined
  dryRun: boolean
}

/** Reads and checks the inputs; `mask` hides the token and the URL. */
export function readInputs(raw: RawInputs, mask: (secret: string) => void): Inputs {
  const given = inputTable.read(raw, mask)
  const { to, text = '', report, key, token, number } = given
  // Whoever puts a message of several lines together gets a title all the same.
  const title = given.title.replace(/\s+/g, ' ')
  const url = given['webhook-url']
  return {
    ...{ title, text, report, key, dryRun: given['dry-run'] },
    destination:
      to === 'webhook'
        ? { kind: to, url: url ?? missing('webhook-url', to) }
        : { kind: to, token: token ?? missing('token', to), number },
  }
}

function missing(name: string, to: string): never {
  throw new UserError(`${name}: expected a value for to: ${to}, got none; set the input "${name}"`)
}
