import type { ActionContext } from '../../lib/action.ts'
import type { GithubRepository } from '../../lib/github/repository.ts'

/** What the run needs besides the context of every action. */
export type NotifyContext = ActionContext & {
  /** Reaches the repository of the workflow. */
  connect(token: string): GithubRepository
  /** Posts a text to a webhook. */
  post(url: string, text: string): Promise<void>
}
