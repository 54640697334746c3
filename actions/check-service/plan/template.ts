/** What the placeholders of a request stand for. */
export type Values = { key?: string; file: string; type: string; length: number }

/** Fills in the placeholders of a path; the values are encoded. */
export const fillPath = (template: string, values: Values) => fill(template, values, encodeURIComponent)

/** Fills in the placeholders of a body; the values are escaped for the inside of a JSON text. */
export const fillBody = (template: string, values: Values) =>
  fill(template, values, (value) => JSON.stringify(value).slice(1, -1))

function fill(template: string, values: Values, encode: (value: string) => string): string {
  const texts = new Map(Object.entries(values).map(([name, value]) => [name, encode(String(value))]))
  return template.replaceAll(/\{(\w+)\}/g, (placeholder, name) => texts.get(name) ?? placeholder)
}

/** Reads a text in JSON, by the names of the fields on the way; undefined where there is none. */
export function readText(json: unknown, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (node, name) =>
      node !== null && typeof node === 'object' && Object.hasOwn(node, name)
        ? Reflect.get(node, name)
        : undefined,
    json,
  )
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Returns the name of a file as its user calls it: its key without the folder of the user. */
export function fileOf(key: string, uploaded: { key: string; file: string }): string {
  const folder = uploaded.key.endsWith(uploaded.file) ? uploaded.key.slice(0, -uploaded.file.length) : ''
  return key.startsWith(folder) ? key.slice(folder.length) : key
}

/** Returns the key that a file of another user would have; undefined where keys have no folder. */
export function foreignKeyOf({ key, file }: { key: string; file: string }): string | undefined {
  const folder = key.endsWith(file) ? key.slice(0, -file.length) : ''
  return /^[^/]+\/$/.test(folder) ? `not-${folder}${file}` : undefined
}
