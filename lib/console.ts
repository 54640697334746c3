import { partitionOf } from './partition.ts'

/** Addresses of a stack and of one of its change sets in the console of CloudFormation. */
export type StackLinks = { stack: string; changeSet?: string }

/** Returns the addresses of a stack and, where it is given, of a change set. */
export function linkStack(stackArn: string, changeSetArn?: string): StackLinks {
  const stack = addressOf(stackArn)
  return changeSetArn === undefined ? { stack } : { stack, changeSet: addressOf(stackArn, changeSetArn) }
}

function addressOf(stackArn: string, changeSetArn?: string): string {
  const [, , , region = ''] = stackArn.split(':')
  const id = `stackId=${encodeURIComponent(stackArn)}`
  const page =
    changeSetArn === undefined
      ? `stackinfo?${id}`
      : `changesets/changes?${id}&changeSetId=${encodeURIComponent(changeSetArn)}`
  return `${addressOfPage(region, 'cloudformation/home')}#/stacks/${page}`
}

/** Returns the address of a page of the console, such as `athena/home`. */
export const addressOfPage = (region: string, page: string): string =>
  `https://${region}.${partitionOf(region).consoleHost}/${page}?region=${region}`
