import {
  DescribeImageScanFindingsCommand,
  type ECRClient,
  type ImageScanFindings,
  StartImageScanCommand,
} from '@aws-sdk/client-ecr'
import { awsErrorName } from './errors.ts'

/** How the scan of an image stands; `counts` are findings by severity, in upper case. */
export type ImageScan =
  | { kind: 'none' }
  | { kind: 'running' }
  | { kind: 'complete'; counts: Readonly<Record<string, number>> }
  | { kind: 'failed'; reason: string }

/** The calls of image scans. */
export type ImageScans = {
  describeScan(repository: string, digest: string): Promise<ImageScan>
  /** Requests a scan; one of the last 24 hours, or one that enhanced scanning starts by itself, is equivalent. */
  startScan(repository: string, digest: string): Promise<void>
}

/** Creates the adapter to ECR's image scans, basic and enhanced. */
export function makeImageScans(
  client: ECRClient,
  address: (repository: string) => { repositoryName: string; registryId: string | undefined },
): ImageScans {
  return {
    describeScan: async (repository, digest) => {
      const command = new DescribeImageScanFindingsCommand({
        ...address(repository),
        imageId: { imageDigest: digest },
      })
      try {
        const { imageScanStatus, imageScanFindings } = await client.send(command)
        return toScan(imageScanStatus?.status, imageScanStatus?.description, imageScanFindings)
      } catch (error) {
        if (awsErrorName(error) === 'ScanNotFoundException') return { kind: 'none' }
        throw error
      }
    },
    startScan: async (repository, digest) => {
      try {
        await client.send(
          new StartImageScanCommand({ ...address(repository), imageId: { imageDigest: digest } }),
        )
      } catch (error) {
        // Once a day and image: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html
        // Enhanced scanning starts by itself and supports no request ("This feature is disabled"):
        // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
        if (!['LimitExceededException', 'ValidationException'].includes(awsErrorName(error))) throw error
      }
    },
  }
}

function toScan(
  status: string | undefined,
  description: string | undefined,
  findings: ImageScanFindings | undefined,
): ImageScan {
  // ACTIVE is what enhanced scanning calls an image whose findings are there and kept up to date.
  if (status === 'COMPLETE' || status === 'ACTIVE') {
    return { kind: 'complete', counts: { ...findings?.findingSeverityCounts } }
  }
  if (status === 'PENDING' || status === 'IN_PROGRESS' || status === undefined) return { kind: 'running' }
  return { kind: 'failed', reason: description ? `${status}: ${description}` : status }
}
