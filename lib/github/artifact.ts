import { ArtifactNotFoundError, DefaultArtifactClient } from '@actions/artifact'

/**
 * Uploads files as an artifact of the workflow run; `folder` is what their paths are relative to. Without a number of
 * days it is kept as long as the repository keeps artifacts.
 * It replaces an earlier one of the same name, such as that of a step that ran twice.
 */
export async function uploadArtifact(
  name: string,
  files: readonly string[],
  folder: string,
  retentionDays?: number,
): Promise<void> {
  const client = new DefaultArtifactClient()
  await client.deleteArtifact(name).catch((error: unknown) => {
    if (!(error instanceof ArtifactNotFoundError)) throw error
  })
  await client.uploadArtifact(name, [...files], folder, retentionDays === undefined ? {} : { retentionDays })
}

/** Returns whether the runner provides the token for artifacts; a `run:` step and a laptop have none. */
export function canUploadArtifacts(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.ACTIONS_RUNTIME_TOKEN && env.ACTIONS_RESULTS_URL)
}
