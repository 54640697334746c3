import { Lexer } from 'yaml'
import { UserError } from './errors.ts'

/** Bytes of a YAML file: what CloudFormation takes as a template. */
const mostBytes = 1024 * 1024

// A template of that size has fewer. Parsing costs about a KiB of memory for each.
const mostTokens = 150_000
const mostAliases = 1000
const mostLevels = 100

/** Values that are read of a file, those of its aliases each time: more than any file without aliases has. */
export const mostValues = 200_000

/** Maps that merge keys (`<<`) may take in one from the other. */
export const mostMerges = 20

/**
 * Splits a text into lexemes, and refuses one that costs much more to parse than a person's file of any size does: too
 * long, too deep, or with thousands of aliases. Throws UserError.
 */
export function* boundedLexemes(text: string, file: string, lexer = new Lexer()): Generator<string> {
  verifyBytes(text, file)
  const counts = { tokens: 0, aliases: 0, levels: 0, run: 0 }
  for (const token of lexer.lex(text)) {
    if (token.includes('\n')) counts.run = 0
    if (token.trim() !== '') {
      count(token, counts)
      const excess = findExcess(counts)
      if (excess) throw new UserError(`${file}: expected at most ${excess}, got more`)
    }
    yield token
  }
}

/** Refuses a text that is longer than CloudFormation takes a template. Throws UserError. */
export function verifyBytes(text: string, file: string): void {
  const bytes = Buffer.byteLength(text)
  if (bytes > mostBytes)
    throw new UserError(`${file}: expected a file of at most ${mostBytes} bytes, got ${bytes}`)
}

function findExcess({ tokens, aliases, levels, run }: Counts): string | undefined {
  if (tokens > mostTokens) return `${mostTokens} keys, values and signs`
  if (aliases > mostAliases) return `${mostAliases} aliases`
  return levels + run > mostLevels ? `${mostLevels} lists or maps within each other on one line` : undefined
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
