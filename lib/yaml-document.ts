import { Composer, type CST, type Document, Lexer, LineCounter, Parser, type Tags } from 'yaml'
import { UserError } from './errors.ts'
import { boundedLexemes } from './yaml-bounds.ts'
import { makeUnindentedLexer } from './yaml-lexer.ts'

/** A YAML text that was parsed, and where its lines begin; another document behind the first is not part of it. */
export type ParsedYaml = { document: Document; second: Document | undefined; lines: LineCounter }

type Options = { schema?: 'core' | 'failsafe'; tags?: Tags }

/**
 * Parses a YAML text in which a key may stand twice. In the schema `failsafe`, every value is a text, and lines within
 * quotes and brackets need no indentation. Tags are let through; those that are named as `tags` cost less. Throws
 * UserError with file, line and column, and for a text that is too large.
 */
export function composeYaml(text: string, file: string, options: Options = {}): ParsedYaml {
  const parsed = compose(text, file, options, new Lexer())
  const [error] = parsed.document.errors
  if (!error) return parsed
  if (options.schema === 'failsafe') {
    const again = compose(text, file, options, makeUnindentedLexer())
    if (again.document.errors.length === 0) return again
  }
  const isDeep = /call stack/i.test(error.message)
  const why = isDeep ? 'expected fewer lists and maps within each other' : error.message
  throw refuseAt(parsed, file, error.pos[0], why)
}

function compose(
  text: string,
  file: string,
  { schema = 'core', tags = [] }: Options,
  lexer: Lexer,
): ParsedYaml {
  const lines = new LineCounter()
  const customTags = [...tags]
  // The parser's own look for equal keys compares each with each.
  const options = { prettyErrors: false, logLevel: 'silent', uniqueKeys: false, schema, customTags } as const
  lines.addNewLine(0)
  const tokens = parseTokens(new Parser(lines.addNewLine), boundedLexemes(text, file, lexer))
  const [document, second] = new Composer(options).compose(tokens, true, text.length)
  if (!document) throw new UserError(`${file}: expected YAML, got nothing`)
  return { document, second, lines }
}

function* parseTokens(parser: Parser, lexemes: Iterable<string>): Generator<CST.Token> {
  for (const lexeme of lexemes) yield* parser.next(lexeme)
  yield* parser.end()
}

/** Returns the error for a place in a text, as a number of characters from its start. */
export function refuseAt({ lines }: ParsedYaml, file: string, offset: number, why: string): UserError {
  const { line, col } = lines.linePos(offset)
  return new UserError(`${file}:${line}:${col}: ${why}`)
}
