/** What a registry answers. */
export type Answer = { status: number; headers: Record<string, string>; body: Buffer }

/** Makes an answer without a body. */
export function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) }
}

/** Makes an error as the specification writes it. */
export function refusal(status: number, code: string, message: string): Answer {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message }] }))
  return { status, headers: { 'content-type': 'application/json' }, body }
}
