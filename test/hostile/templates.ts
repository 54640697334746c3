/** YAML that is made to hurt, and what is said of it. */
export type HostileText = { make(): string; sentence: RegExp }

const repeat = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n')
const letter = (at: number) => String.fromCharCode(97 + at)

/** Templates that are refused, each under the name of what is wrong with it. */
export const hostileTexts: Record<string, HostileText> = {
  'a file of 2 MiB': {
    make: () => `# ${'x'.repeat(2 * 1024 ** 2)}`,
    sentence: /expected a file of at most 1048576 bytes, got 2097154/,
  },
  'a list of many maps': {
    make: () => `[${'{},'.repeat(330_000)}]`,
    sentence: /expected at most 150000 keys, values and signs, got more/,
  },
  'lists within lists': {
    make: () => '['.repeat(500_000),
    sentence: /expected at most 100 lists or maps within each other on one line, got more/,
  },
  'lists within lists on one line': {
    make: () => `${'- '.repeat(300_000)}a`,
    sentence: /expected at most 100 lists or maps within each other on one line, got more/,
  },
  'maps within maps': {
    make: () => repeat(1400, (at) => `${' '.repeat(at)}a:`),
    sentence: /expected fewer lists and maps within each other|expected Resources, got none/,
  },
  'aliases of aliases': {
    make: () =>
      `a: &a [${'x,'.repeat(9)}]\n${repeat(9, (at) => `${letter(at + 1)}: &${letter(at + 1)} [${`*${letter(at)},`.repeat(9)}]`)}`,
    sentence: /expected a template of fewer values and levels; its aliases make it very large/,
  },
  'many aliases': {
    make: () => repeat(20_000, (at) => `k${at}: &a${at} 1\nl${at}: *a${at}`),
    sentence: /expected at most 1000 aliases, got more/,
  },
  'maps within maps in JSON': {
    make: () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    sentence: /expected at most 300 lists and maps within each other/,
  },
}

/** Files of stacks that are refused. */
export const hostileStacks: Record<string, HostileText> = {
  'many keys, of which two are equal': {
    make: () => repeat(20_000, (at) => `k${at % 19_999}: 1`),
    sentence: /stacks\.yml:20000:1: Map keys must be unique/,
  },
  'no stack': {
    make: () => 'stacks: {}',
    sentence: /stacks\.yml: expected a map "stacks" with a stack, got none/,
  },
  'a circle of many stacks': {
    make: () =>
      `stacks:\n${repeat(2000, (at) => `  s${at}: {template: t, depends-on: [s${(at + 1) % 2000}]}`)}`,
    sentence: /stacks: s0 → s1 → .* is a cycle/,
  },
}
