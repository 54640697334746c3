import { join, link, type Markdown, md } from '../../../lib/markdown.ts'
import type { StackResult } from '../apply/outcome.ts'

type Linked = Pick<StackResult, 'stackName' | 'links'>

/** Renders the name of a stack, which leads to it in the console where it is there. */
export const renderStackName = ({ stackName, links }: Linked): Markdown => linkTo(stackName, links?.stack)

/** Renders a number of changes, which leads to the change set that was kept or executed. */
export const renderCount = (count: number, { links }: Linked): Markdown =>
  linkTo(String(count), links?.changeSet)

/** Renders both links, where there are any. */
export function renderLinks({ stackName, links }: Linked): Markdown {
  if (!links) return md``
  const { stack, changeSet } = links
  return join(
    [link(stackName, stack), ...(changeSet === undefined ? [] : [link('change set', changeSet)])],
    ', ',
  )
}

const linkTo = (text: string, address: string | undefined) =>
  address === undefined ? md`${text}` : link(text, address)
