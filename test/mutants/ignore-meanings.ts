type Path = {
  node: { type: string; key?: { name?: string } }
  parentPath?: Path | null
}

/**
 * Leaves out what an input means in words: `npm run check` compares these texts with action.yml and the README.
 * https://stryker-mutator.io/docs/stryker-js/disable-mutants/#using-an-ignore-plugin
 */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'meanings',
    value: {
      shouldIgnore: ({ node, parentPath }: Path) => {
        const isText = node.type === 'StringLiteral' || node.type === 'TemplateLiteral'
        const property = parentPath?.node
        return isText && property?.type === 'ObjectProperty' && property.key?.name === 'meaning'
          ? 'compared with action.yml'
          : undefined
      },
    },
  },
]
