import { DefaultArtifactClient } from '@actions/artifact'

/** Uploads files as an artifact of the workflow run; `folder` is what their paths are relative to. */
export async function uploadArtifact(name: string, files: readonly string[], folder: string): Promise<void> {
  await new DefaultArtifactClient().uploadArtifact(name, [...files], folder)
}

/** Tells whether the runner gave the token for artifacts; a `run:` step and a laptop have none. */
export function canUploadArtifacts(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.ACTIONS_RUNTIME_TOKEN && env.ACTIONS_RESULTS_URL)
}
