import { addressInConsole } from '../../../lib/aws/console.ts'
import { join, link, type Markdown, md } from '../../../lib/markdown.ts'
import type { StackResult } from '../apply/outcome.ts'

/** Gives the addresses of a stack, and of its change set that was kept or executed, in the console; none of a stack that is not there. */
export function linksOf({ arns }: Pick<StackResult, 'arns'>): { stack?: string; changeSet?: string } {
  if (!arns) return {}
  const { stackArn, changeSetArn } = arns
  return {
    stack: addressInConsole(stackArn),
    ...(changeSetArn !== undefined && { changeSet: addressInConsole(stackArn, changeSetArn) }),
  }
}

/** Renders the name of a stack, which leads to it. */
export function renderStackName(result: Pick<StackResult, 'arns' | 'stackName'>): Markdown {
  return linkTo(result.stackName, linksOf(result).stack)
}

/** Renders a number of changes, which leads to the change set. */
export function renderCount(count: number, result: Pick<StackResult, 'arns'>): Markdown {
  return linkTo(String(count), linksOf(result).changeSet)
}

/** Renders both links, where there are any. */
export function renderLinks(result: Pick<StackResult, 'arns' | 'stackName'>): Markdown {
  const { stack, changeSet } = linksOf(result)
  const links = [
    ...(stack === undefined ? [] : [link(result.stackName, stack)]),
    ...(changeSet === undefined ? [] : [link('change set', changeSet)]),
  ]
  return join(links, ', ')
}

const linkTo = (text: string, address: string | undefined) =>
  address === undefined ? md`${text}` : link(text, address)
