import type { ChangeSet } from '../../../lib/aws/change-set.ts'
import type { ListedChangeSet } from '../../../lib/aws/change-set-list.ts'
import type { StackEvent } from '../../../lib/aws/stack-events.ts'
import type { Resolved } from './template.ts'

/** A stack of the fake. */
export type FakeStack = {
  name: string
  arn: string
  status: string
  statusReason: string
  /** What it was deployed with last; undefined until its creation is complete. */
  template: Resolved | undefined
  tags: ReadonlyMap<string, string>
  isProtected: boolean
  exports: string[]
  /** Logical id to type of the resources that exist. */
  existing: Map<string, string>
  /** Oldest first. */
  events: StackEvent[]
  /** Of the operation in progress. */
  token: string
  /** The change set that was executed last. */
  changeSetArn: string
  /** What the operation in progress still does. */
  steps: Step[]
}

type FakeChangeSet = ChangeSet & {
  listed: ListedChangeSet
  stack: FakeStack
  after: Resolved
  looks: number
  errors: string[]
  tags: FakeStack['tags']
}

/** State of the fake: all that a test may look at or set. Only looks through the calls let time pass. */
export type FakeStacks = {
  stacks: FakeStack[]
  changeSets: Map<string, FakeChangeSet>
  /** Logical id to what goes wrong with it. */
  troubles: Map<string, Trouble[]>
  /** Objects that templates are taken from: URL to body. */
  templates: Map<string, string>
  /** Name of a stack to the reason for which a deletion brings it back to the status that it had. */
  refusedDeletions: Map<string, string>
  /** Export to the names of the stacks that import it. */
  imports: Map<string, string[]>
}

/** What goes wrong with a resource, and when; `hangs` never ends. */
export type Trouble = {
  at: 'validation' | 'create' | 'update' | 'rollback' | 'delete'
  reason: string
  hangs?: boolean
}

/** One step of an operation: a resource, or the stack itself where no resource is named, reaches a status. */
export type Step = {
  resource?: { logicalId: string; type: string }
  status: string
  reason?: string
  apply?: () => void
}
