import { fitBytes } from '../markdown.ts'
import type { GithubRepository } from './repository.ts'

/** How a message was left, and where it stands. */
export type Left = { result: 'created' | 'updated'; url: string }

// GitHub takes 65,536 characters.
const mostBytes = 65_000

/** Signs a message with an invisible key, by which the next run finds it. */
export function sign(key: string, text: string): string {
  return `${markOf(key)}\n${fitBytes(text, mostBytes)}`
}

/** Returns whether a message begins with that key. */
export const isSigned = (body: string, key: string) => body.startsWith(markOf(key))

const markOf = (key: string) =>
  `<!-- gpu-service-actions ${encodeURIComponent(key).replaceAll('-', '%2D')} -->`

/** Leaves one comment at a pull request or an issue: updates the one that a bot left with the same key. */
export async function leaveComment(
  issue: number,
  key: string,
  text: string,
  github: Pick<GithubRepository, 'listComments' | 'createComment' | 'updateComment'>,
): Promise<Left> {
  const comments = await github.listComments(issue)
  // A comment of a person is never written over, whatever stands in it.
  const own = comments.find(({ body, isByBot }) => isByBot && isSigned(body, key))
  const body = sign(key, text)
  if (own) return { result: 'updated', url: await github.updateComment(own.id, body) }
  return { result: 'created', url: await github.createComment(issue, body) }
}
