import { isSigned, type Left, sign } from './comment.ts'
import type { GithubRepository } from './repository.ts'

/** A message that is to be read by whoever watches the repository. */
export type Message = { key: string; title: string; text: string }

// GitHub refuses a longer title.
const mostCharacters = 256

const fitTitle = (title: string) =>
  title.length > mostCharacters ? `${title.slice(0, mostCharacters - 1).toWellFormed()}…` : title

/** Opens an issue, or comments on the open one that a bot opened with the same key. */
export async function raiseIssue(
  { key, title, text }: Message,
  github: Pick<GithubRepository, 'listOpenIssues' | 'createIssue' | 'createComment'>,
): Promise<Left> {
  const open = await github.listOpenIssues()
  const own = open.find(({ body, isByBot }) => isByBot && isSigned(body, key))
  if (own) return { result: 'updated', url: await github.createComment(own.id, sign(key, text)) }
  return { result: 'created', url: await github.createIssue(fitTitle(title), sign(key, text)) }
}
