import { Lexer } from 'yaml'
import { UserError } from './errors.ts'

/** Bytes of a YAML file: what CloudFormation takes as a template. */
const mostBytes = 1024 * 1024

// A template of that size has fewer. Parsing costs about a KiB of memory for each.
const mostTokens = 150_000
const mostAliases = 1000
const mostLevels = 100

/**
 * Refuses a text that costs much more to parse than a person's file of any size does: too long, too deep, or with
 * thousands of aliases. Throws UserError.
 */
export function verifyBounds(text: string, file: string): void {
  const bytes = Buffer.byteLength(text)
  if (bytes > mostBytes)
    throw new UserError(`${file}: expected a file of at most ${mostBytes} bytes, got ${bytes}`)
  const refuse = (what: string) => {
    throw new UserError(`${file}: expected at most ${what}, got more`)
  }
  const counts = { tokens: 0, aliases: 0, levels: 0, run: 0 }
  for (const token of new Lexer().lex(text)) {
    if (token.includes('\n')) counts.run = 0
    if (/^\s*$/.test(token)) continue
    count(token, counts)
    if (counts.tokens > mostTokens) refuse(`${mostTokens} keys, values and signs`)
    if (counts.aliases > mostAliases) refuse(`${mostAliases} aliases`)
    if (counts.levels + counts.run > mostLevels)
      refuse(`${mostLevels} lists or maps within each other on one line`)
  }
}

type Counts = { tokens: number; aliases: number; levels: number; run: number }

function count(token: string, counts: Counts): void {
  counts.tokens += 1
  if (token.startsWith('*')) counts.aliases += 1
  if (token === '[' || token === '{') counts.levels += 1
  if (token === ']' || token === '}') counts.levels -= 1
  // Each of these on a line begins a list or a map within the one before.
  counts.run = token === '-' || token === '?' ? counts.run + 1 : 0
}
