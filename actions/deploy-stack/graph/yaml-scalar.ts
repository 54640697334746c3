// The plain words and numbers of YAML 1.1, as SnakeYAML knows them, with which CloudFormation reads templates:
// https://yaml.org/type/
const truth = /^(?:(yes|true|on)|no|false|off)$/i
const int = /^[-+]?(?:0b[01_]+|0x[\da-f_]+|0[0-7_]*|[1-9][\d_]*(?::[0-5]?\d)*)$/i
const float = /^[-+]?(?:\d[\d_]*\.[\d_]*(?:e[-+]?\d+)?|\d[\d_]*e[-+]?\d+|\.\d[\d_]*(?:e[-+]?\d+)?)$/i
const nothing = /^(?:~|null|Null|NULL|)$/

/**
 * Returns the text that CloudFormation makes of a value without quotes: `yes` becomes `true`, `012` (octal) `10`, `1.30`
 * `1.3`; undefined where it is null. A date stays as it is.
 */
export function readPlain(text: string): string | undefined {
  if (nothing.test(text)) return undefined
  const [isTruth, isTrue] = truth.exec(text) ?? []
  if (isTruth !== undefined && hasOneCase(text)) return String(isTrue !== undefined)
  if (int.test(text)) return readInt(text.replaceAll('_', ''))
  if (!float.test(text)) return text
  const number = Number(text.replaceAll('_', ''))
  return Number.isInteger(number) && Math.abs(number) < 1e7 ? number.toFixed(1) : String(number)
}

// `yes`, `Yes` and `YES`, but not `yEs`.
const hasOneCase = (text: string) => /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/.test(text)

function readInt(text: string): string {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? []
  const places = digits.split(':')
  const value =
    places.length > 1
      ? places.reduce((sum, place) => sum * 60n + BigInt(place), 0n)
      : BigInt(digits.replace(/^0(?=\d)/, '0o'))
  return String(sign === '-' ? -value : value)
}
