import { mapOf, type Tree } from './template-tree.ts'

/** Reads `{ Ref: x }` or `{ Fn::Sub: x }`; the name is '' where the value is no function. */
export function functionOf(value: Tree): { name: string; argument: Tree } {
  const [entry, ...more] = Object.entries(mapOf(value))
  if (!entry || more.length > 0) return { name: '', argument: undefined }
  return { name: entry[0].replace(/^Fn::/, ''), argument: entry[1] }
}
