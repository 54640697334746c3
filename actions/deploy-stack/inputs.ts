import { UserError } from '../../lib/errors.ts'
import {
  boolean,
  integer,
  keyValues,
  list,
  oneOf,
  optional,
  type RawInputs,
  refuseUnknown,
  required,
} from '../../lib/inputs.ts'
import { readPrefix } from '../../lib/service/prefix.ts'

/** What the user asks for. */
export type Inputs = {
  mode: 'deploy' | 'preview' | 'destroy'
  stacks: string
  /** Keys of stacks; empty for all. */
  only: string[]
  prefix: string
  /** `Name` or `stack.Name` to value. */
  parameters: ReadonlyMap<string, string>
  tags: ReadonlyMap<string, string>
  deleteData: boolean
  timeoutSeconds: number
  dryRun: boolean
}

const known = [
  'mode',
  'stacks',
  'only',
  'prefix',
  'parameters',
  'stack-tags',
  'confirm',
  'delete-data',
  'timeout-minutes',
  'dry-run',
]

/** Reads and checks the inputs. */
export function readInputs(inputs: RawInputs): Inputs {
  refuseUnknown(inputs, known)
  const mode = oneOf(inputs, 'mode', ['deploy', 'preview', 'destroy'], 'deploy')
  const prefix = readPrefix(inputs)
  const dryRun = boolean(inputs, 'dry-run', false)
  const confirm = optional(inputs, 'confirm')
  if (mode === 'destroy' && !dryRun && confirm !== prefix) {
    throw new UserError(
      `confirm: expected the prefix "${prefix}" to destroy its stacks, got "${confirm ?? ''}"`,
    )
  }
  const deleteData = boolean(inputs, 'delete-data', false)
  if (deleteData && mode !== 'destroy') {
    throw new UserError(`delete-data: goes with mode destroy only, got mode ${mode}`)
  }
  return {
    mode,
    stacks: required(inputs, 'stacks'),
    only: list(inputs, 'only'),
    prefix,
    parameters: keyValues(inputs, 'parameters'),
    tags: keyValues(inputs, 'stack-tags'),
    deleteData,
    timeoutSeconds: integer(inputs, 'timeout-minutes', { byDefault: 60, min: 1, max: 600 }) * 60,
    dryRun,
  }
}
