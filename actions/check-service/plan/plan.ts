import type { Inputs, Triton } from '../inputs.ts'

/** What must be refused. */
export type Forbidden = 'tampered-url' | 'expired-url' | 'foreign-file' | 'no-key'

/** One check, as data. */
export type Check =
  | { kind: 'ping'; path: string }
  | { kind: 'triton'; what: 'server' | 'models'; triton: Triton }
  | { kind: 'infer'; answer: 'sync' | 'async'; file: string }
  | { kind: 'refuse'; what: Forbidden }

/** Plans the checks; each inference has a file of its own, so that no result of an earlier one is taken for it. */
export function planChecks(inputs: Inputs, extension: string, id: string): Check[] {
  const { inference, keyHeaders, triton } = inputs
  const answers = inference === 'both' ? (['sync', 'async'] as const) : [inference]
  const hasKey = Object.keys(keyHeaders).length > 0
  const forbidden: Forbidden[] = [
    ...(['tampered-url', 'expired-url'] as const),
    ...(hasKey ? (['foreign-file', 'no-key'] as const) : []),
  ]
  return [
    ...inputs.pingPaths.map((path) => ({ kind: 'ping' as const, path })),
    ...(triton ? tritonParts.map((what) => ({ kind: 'triton' as const, what, triton })) : []),
    ...answers.map((answer) => ({
      kind: 'infer' as const,
      answer,
      file: `check-${id}-${answer}${extension}`,
    })),
    ...(inputs.refusals ? forbidden.map((what) => ({ kind: 'refuse' as const, what })) : []),
  ]
}

const tritonParts = ['server', 'models'] as const

const forbiddenNames: Readonly<Record<Forbidden, string>> = {
  'tampered-url': 'a tampered URL is refused',
  'expired-url': 'an expired URL is refused',
  'foreign-file': "another user's file is refused",
  'no-key': 'a call without a key is refused',
}

/** Returns what a check shows, as a line of the summary. */
export function nameCheck(check: Check): string {
  if (check.kind === 'ping') return `${check.path} answers`
  if (check.kind === 'triton')
    return check.what === 'server' ? 'Triton is ready' : "Triton's models are ready"
  if (check.kind === 'refuse') return forbiddenNames[check.what]
  return check.answer === 'sync' ? 'a picture is inferred' : 'a picture is inferred by a 202'
}
