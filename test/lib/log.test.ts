import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeLog, toLine } from '../../lib/log.ts'

describe('a line of the log', () => {
  it.each([
    ['a\nb\r\nc\td', 'a\\nb\\r\\nc\\td'],
    ['::set-output name=a::b', '\\::set-output name=a::b'],
    ['  \u00a0::stop-commands::x', '  \u00a0\\::stop-commands::x'],
    ['\u200d::add-mask::x', '\u200d\\::add-mask::x'],
    ['text ##[add-mask]x', 'text #\\#[add-mask]x'],
    ['\u001b[31mred\u0007\u007f\u0085', '\\u{1b}[31mred\\u{7}\\u{7f}\\u{85}'],
    ['\u202eevil\u2066\u2028', '\\u{202e}evil\\u{2066}\\u{2028}'],
    ['half \ud800 a pair', 'half \\u{d800} a pair'],
    ['plain: a::b, 한국어 👩‍🚀', 'plain: a::b, 한국어 👩‍🚀'],
  ])('shows %j', (text, line) => {
    expect(toLine(text)).toBe(line)
  })

  it('is cut, and says how long the text is', () => {
    expect(toLine('x'.repeat(10_000))).toBe(`${'x'.repeat(4000)}… (10000 characters in all)`)
    expect(toLine('\n'.repeat(4000)).length).toBeLessThan(4100)
    expect(toLine('x'.repeat(4000))).toHaveLength(4000)
  })

  it('is never a command, nor several lines', () => {
    const piece = fc.constantFrom(
      '::',
      '##[',
      'add-mask',
      ']',
      '::x',
      '\n',
      '\r',
      ' ',
      '\u0085',
      '\u2028',
      'a',
      '#',
      '[',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary-ascii' }))), (pieces) => {
        const line = toLine(pieces.join(''))
        expect(line).not.toMatch(/^\s*::|##\[|[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })
})

function record() {
  const written: [string, string][] = []
  const write = (kind: string) => (text: string | Error) => void written.push([kind, String(text)])
  const log = makeLog({
    info: write('info'),
    warning: write('warning'),
    error: write('error'),
    setFailed: write('failed'),
    setSecret: write('secret'),
  })
  return { log, written }
}

describe('a log', () => {
  it('passes every kind of line through the same sieve', () => {
    const { log, written } = record()
    for (const say of [log.info, log.warning, log.fail]) say('\n::error::x')
    expect(written.map(([, text]) => text)).toEqual(Array(3).fill('\\n::error::x'))
  })

  it('names the line of a file as the place of a failure, which still fails the step', () => {
    const places: unknown[] = []
    const { exitCode } = process
    const ignore = () => {}
    const commands = { info: ignore, warning: ignore, setFailed: ignore, setSecret: ignore }
    const log = makeLog({ ...commands, error: (...said: unknown[]) => void places.push(said) })
    log.fail('\n::error::x', { file: 'a.yml', line: 3 })
    const failed = process.exitCode
    process.exitCode = exitCode
    expect(failed).toBe(1)
    expect(places).toEqual([['\\n::error::x', { file: 'a.yml', startLine: 3 }]])
  })

  it('hides a secret whole, and line by line, also where it shows it by itself', () => {
    const { log, written } = record()
    log.mask('-----BEGIN\r\nabcdef\n\nx')
    expect(written.map(([, text]) => text)).toEqual([
      '-----BEGIN\r\nabcdef\n\nx',
      '-----BEGIN\\r\\nabcdef\\n\\nx',
      '-----BEGIN',
      'abcdef',
    ])
    for (const say of [log.info, log.warning, log.fail]) {
      say('it is abcdef.')
      expect(written.at(-1)?.[1]).toBe('it is ***.')
    }
    expect(log.redact('a "abcdef"')).toBe('a "***"')
  })

  it('does not hide every letter of the log', () => {
    const { log, written } = record()
    for (const secret of ['', ' ', 'a', 'on\n']) log.mask(secret)
    expect(written).toEqual([])
  })
})
