import type { ImageScans } from '../../../lib/aws/ecr-scan.ts'
import { isTransientAwsError } from '../../../lib/aws/transient-error.ts'
import { messageOf } from '../../../lib/errors.ts'
import { type Clock, waitUntil } from '../../../lib/wait.ts'
import { severities } from '../input-table.ts'
import type { Inputs, Severity } from '../inputs.ts'

/** Findings by severity, the gravest first; severities without a finding are left out. */
export type ScanFindings = readonly { severity: Severity; count: number }[]

const longestScanSeconds = 15 * 60

/** The result of a scan: findings, and why the step fails although the image was pushed. */
export type ScanResult = { findings: ScanFindings | undefined; failure: string | undefined }

/**
 * Scans an image that is pushed, where that is wanted and the registry is ECR. A scan that fails is a failure of the
 * step, but the outputs of the push stay.
 */
export async function scanImage(
  ecr: { calls: ImageScans; name: string } | undefined,
  digest: string,
  { scan, scanThreshold }: Pick<Inputs, 'scan' | 'scanThreshold'>,
  waiting: { clock: Clock; signal: AbortSignal },
): Promise<ScanResult> {
  if (!ecr || scan === 'off') return { findings: undefined, failure: undefined }
  try {
    const findings = await waitForScan(ecr.calls, { repository: ecr.name, digest }, waiting)
    return { findings, failure: judgeFindings(findings, scanThreshold) }
  } catch (error) {
    waiting.signal.throwIfAborted()
    return { findings: undefined, failure: `${messageOf(error)}; the image is pushed` }
  }
}

/** Waits for the scan of an image, and starts one where the repository scans none by itself. */
async function waitForScan(
  scans: ImageScans,
  { repository, digest }: { repository: string; digest: string },
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<ScanFindings> {
  if ((await scans.describeScan(repository, digest)).kind === 'none')
    await scans.startScan(repository, digest)
  const look = async () => {
    const scan = await scans.describeScan(repository, digest)
    return scan.kind === 'complete' || scan.kind === 'failed' ? scan : undefined
  }
  const what = `image scan of ${digest}`
  const scan = await waitUntil(look, {
    what,
    timeoutSeconds: longestScanSeconds,
    clock,
    signal,
    delaySeconds: 1,
    maxDelaySeconds: 10,
    isTransient: isTransientAwsError,
  })
  if (scan.kind === 'failed') throw new Error(`${what}: ${scan.reason}`)
  return toFindings(scan.counts)
}

/** Sorts counts by severity. */
export function toFindings(counts: Readonly<Record<string, number>>): ScanFindings {
  return severities
    .map((severity) => ({ severity, count: counts[severity.toUpperCase()] ?? 0 }))
    .filter(({ count }) => count > 0)
}

/** Renders the failure of an image whose findings reach the threshold. */
export function judgeFindings(findings: ScanFindings, threshold: Severity | 'none'): string | undefined {
  if (threshold === 'none') return undefined
  const blocking = findings.filter(
    ({ severity }) => severities.indexOf(severity) <= severities.indexOf(threshold),
  )
  if (blocking.length === 0) return undefined
  const counts = blocking.map(({ severity, count }) => `${count} ${severity}`).join(', ')
  return `image scan: expected no finding of ${threshold} or above, got ${counts}; the image is pushed: do not deploy it`
}
