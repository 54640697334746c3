/** Returns the URL of a page of the action's repository, by its path; undefined outside of a workflow. */
export function findPage(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: own, GITHUB_SHA: sha } = env
  const { GITHUB_ACTION_REPOSITORY: brought, GITHUB_ACTION_REF: ref } = env
  // An action of the workflow's own repository has no other one.
  const [repository, version] = brought ? [brought, ref] : [own, sha]
  return server && repository && version ? `${server}/${repository}/blob/${version}/${path}` : undefined
}

/** Names the page that helps with a failure: the one in its sentence, else the one that lists messages. */
export const helpWith = (failure: string) =>
  /\bdocs\/[\w-]+\.md/.exec(failure)?.[0] ?? 'docs/troubleshooting.md'
