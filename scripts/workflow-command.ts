/** Turns the runner's workflow commands into words a person reads; hides the ones that are for the runner only. */
export function renderLine(line: string): string | undefined {
  const command = /^::([a-z-]+)[^:]*::(.*)$/.exec(line)
  if (!command) return line
  const [, name, message = ''] = command
  if (name !== 'error' && name !== 'warning' && name !== 'notice') return undefined
  const text = message.replaceAll('%0A', '\n').replaceAll('%0D', '').replaceAll('%25', '%')
  return `${name}: ${text}`
}
