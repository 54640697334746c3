/**
 * Throws where something asked the local AWS for an operation that it does not have: what was proved on
 * it then proves nothing. The message names each operation.
 */
export async function requireNoMissingApi(endpoint: string): Promise<void> {
  const answer = await fetch(`${endpoint}/_local/missing`)
  const asked: unknown = await answer.json()
  const names = Object.entries(Object(asked)).map(([name, count]) => `${name} (${count} times)`)
  if (names.length > 0) throw new Error(`not in the local AWS: ${names.join(', ')}; see local-aws/README.md`)
}
