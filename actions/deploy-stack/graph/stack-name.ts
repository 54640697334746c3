/** Names a stack. */
export function nameStack(prefix: string, key: string): string {
  return `${prefix}-${key}`
}
