import { readAuthor } from '../../../lib/service/pause-state/author.ts'
import type { DeployContext, StackContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { describeStacks, type Stacks } from '../observe/stacks.ts'

/** What a run looks at first. */
type Look = {
  /** The names of all stacks of the graph, by key. */
  stackNames: ReadonlyMap<string, string>
  /** The stacks that are described, with the texts of their templates where `texts` is set. */
  entries: readonly { key: string }[]
  texts?: boolean
}

/**
 * Starts the time of all waits, describes those of the stacks that are there, and connects to their account. Their
 * ARNs tell which one it is: only where none is there, the credentials are asked.
 */
export async function startRun(
  inputs: Inputs,
  { stackNames, entries, texts = false }: Look,
  context: DeployContext,
): Promise<{ run: StackContext; stacks: Stacks }> {
  const { log, clock, signal } = context
  const { cloudFormation, connect } = context.open(inputs.prefix, inputs.serviceRoleArn)
  const opened: Omit<StackContext, 'connections' | 'serviceEvidence'> = {
    inputs,
    stackNames,
    cloudFormation,
    runToken: `${inputs.mode}-${context.makeId()}`,
    log,
    clock,
    signal,
    deadline: clock.now() + inputs.timeoutSeconds * 1000,
    operations: new Map(),
    links: new Map(),
    seen: new Map(),
    texts: new Map(),
    runUrl: readAuthor(context.env, { reason: undefined, now: clock.now() }).runUrl,
  }
  const stacks = await describeStacks(entries, opened, { texts })
  const [any] = stacks.values()
  const connections = await connect(any?.arn)
  return { run: { ...opened, connections, serviceEvidence: connections.serviceEvidence }, stacks }
}
