// Private signs of Unicode, which no value has.
const mark = '\u{f0000}'

/** Gives outputs to a preview: one that the stack does not have yet is a value that stands for "not known". */
export function previewOutputs(
  stack: string,
  outputs: ReadonlyMap<string, string> = new Map(),
): Pick<ReadonlyMap<string, string>, 'get' | 'keys'> {
  return {
    get: (output) => outputs.get(output) ?? `${mark}${stack}.${output}${mark}`,
    keys: () => outputs.keys(),
  }
}

/** Lists the parameters whose values are not known, with the outputs, `stack.Output`, that they wait for. */
export function listUnknown(parameters: ReadonlyMap<string, string | undefined>): Map<string, string[]> {
  const found = [...parameters].map(([name, value = '']): [string, string[]] => {
    const parts = value.split(mark)
    return [name, parts.filter((_, at) => at % 2 === 1)]
  })
  return new Map(found.filter(([, outputs]) => outputs.length > 0))
}
