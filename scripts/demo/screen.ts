/** Shows the demo's progress: one live line on a terminal, plain lines elsewhere. */
export type Screen = {
  begin(title: string): void
  line(text: string): void
  end(result: string, seconds: number): void
  fail(message: string): void
}

/** Returns whether a line is the event of a single resource: hundreds of them would hide the rest; the log has them all. */
export const isResourceEvent = (line: string) =>
  /^\S+ \S+ \(AWS::[\w:]+\): \w+_(IN_PROGRESS|COMPLETE|SKIPPED)$/.test(line)

/** Makes the screen for where the demo runs. */
export function makeScreen(out: NodeJS.WriteStream): Screen {
  const live = out.isTTY === true && !process.env.CI
  const clear = () => (live ? out.write('\r\u001b[2K') : undefined)
  let title = ''
  // A terminal that does not know its width says 0.
  const clip = (text: string) => text.slice(0, (out.columns || 80) - 1)
  return {
    begin: (text) => {
      title = text
      out.write(live ? `${text} …` : `${text}\n`)
    },
    line: (text) => {
      if (!live) out.write(`    ${text}\n`)
      else out.write(`\r\u001b[2K${clip(`${title} … ${text}`)}`)
    },
    end: (result, seconds) => {
      clear()
      out.write(
        live
          ? `✓ ${title}: ${result} (${seconds.toFixed(1)} s)\n`
          : `  → ${result} (${seconds.toFixed(1)} s)\n`,
      )
    },
    fail: (message) => {
      clear()
      out.write(`✗ ${title}: ${message}\n`)
    },
  }
}
