import type { Author } from './state.ts'

/** Reads who runs this, from the runner's variables; elsewhere nothing is known but the time. */
export function readAuthor(
  env: Readonly<Record<string, string | undefined>>,
  { reason, now }: { reason: string | undefined; now: number },
): Author {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  return {
    at: new Date(now).toISOString(),
    by: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR || '',
    reason: reason ?? env.GITHUB_EVENT_NAME ?? '',
    runUrl: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : '',
  }
}
