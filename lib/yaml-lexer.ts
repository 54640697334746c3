import { Lexer } from 'yaml'

/**
 * Makes a lexer that, as SnakeYAML and PyYAML do, takes lines of quoted texts and of lists and maps in brackets that are
 * indented less than what they are part of. The methods are private: a test tells where a release of yaml has others.
 */
export function makeUnindentedLexer(): Lexer {
  const lexer = new Lexer()
  for (const name of ['parseFlowCollection', 'parseQuotedScalar']) {
    const parse = Reflect.get(lexer, name)
    Reflect.set(lexer, name, function* () {
      const before = Reflect.get(lexer, 'indentNext')
      Reflect.set(lexer, 'indentNext', -1)
      const next = yield* parse.call(lexer)
      Reflect.set(lexer, 'indentNext', before)
      return next
    })
  }
  return lexer
}
