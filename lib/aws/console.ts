import { partitionOf } from './partition.ts'

/** Returns the address of a stack in the console of CloudFormation, or of one of its change sets. */
export function addressInConsole(stackArn: string, changeSetArn?: string): string {
  const [, , , region = ''] = stackArn.split(':')
  const id = `stackId=${encodeURIComponent(stackArn)}`
  const page =
    changeSetArn === undefined
      ? `stackinfo?${id}`
      : `changesets/changes?${id}&changeSetId=${encodeURIComponent(changeSetArn)}`
  const { consoleHost } = partitionOf(region)
  return `https://${region}.${consoleHost}/cloudformation/home?region=${region}#/stacks/${page}`
}
