import type { Tree } from './template-tree.ts'

/** The variable of a loop, and the item that it stands for. */
type Variable = { name: string; item: string }

// What a value takes beside its characters, about.
const valueBytes = 16

/**
 * Puts the item of a loop in the place of its variable. `count` gets the bytes of each text and value before it is made,
 * and throws where they are too many.
 */
export function replaceVariable(body: Tree, { name, item }: Variable, count: (bytes: number) => void): Tree {
  const letters = item.replaceAll(/[^A-Za-z0-9]/g, '')
  const put = (text: string, written: string, value: string) => {
    const parts = text.split(written)
    count(text.length + (parts.length - 1) * value.length)
    return parts.join(value)
  }
  const inText = (text: string) => put(put(text, `\${${name}}`, item), `&{${name}}`, letters)
  const replace = (value: Tree): Tree => {
    count(valueBytes)
    if (typeof value === 'string') return inText(value)
    if (Array.isArray(value)) return value.map(replace)
    if (value === undefined) return undefined
    if (value.Ref === name) return item
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [inText(key), replace(each)]))
  }
  return replace(body)
}
