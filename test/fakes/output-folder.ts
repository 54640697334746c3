import type { OutputFolder } from '../../actions/billing-report/context.ts'

/**
 * A folder in memory. Its contract, which the real one holds too (test/billing-report/apply/output-folder.test.ts):
 * nothing is in `published` before `publish`, then all is, in the order in which the files began, and nothing else whose
 * name begins with what is replaced.
 */
export function fakeFolder(
  path = '',
  published = new Map<string, string>(),
): { folder: OutputFolder; published: Map<string, string> } {
  const files = new Map<string, string>()
  const nameOf = (name: string) => (path === '' ? name : `${path}/${name}`)
  return {
    published,
    folder: {
      append: (name, text) => void files.set(name, (files.get(name) ?? '') + text),
      write: (name, text) => void files.set(name, text),
      publish: (replaced) => {
        for (const name of published.keys()) if (name.startsWith(nameOf(replaced))) published.delete(name)
        for (const [name, text] of files) published.set(nameOf(name), text)
        return [...files.keys()].map(nameOf)
      },
      discard: () => files.clear(),
    },
  }
}
