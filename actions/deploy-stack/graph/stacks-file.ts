import type { StacksFiles } from '../context.ts'

const inWorkspace = 'cloudformation/stacks.yml'

/** Chooses the file that lists the stacks, and says why it is that one. */
export function chooseStacksFile(
  given: string | undefined,
  { brought, exists }: StacksFiles,
): { path: string; reason: string } {
  if (given !== undefined) return { path: given, reason: 'as the input stacks says' }
  // Where both are missing, a user is told of the one that they can add.
  if (exists(inWorkspace) || !exists(brought)) return { path: inWorkspace, reason: 'found in the workspace' }
  return { path: brought, reason: `brought by the action, since the workspace has no ${inWorkspace}` }
}
