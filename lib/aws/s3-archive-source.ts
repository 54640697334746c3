import { GetObjectCommand, HeadBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { ByteSource } from '../archive/byte-source.ts'
import { UserError } from '../errors.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorDetail, awsErrorStatus } from './errors.ts'
import { RangeWindows } from './range-windows.ts'
import { readRange } from './s3-body.ts'

type Version = { Bucket: string; Key: string; VersionId: string | undefined }

/**
 * Opens an object as a source of bytes, at `s3://BUCKET/KEY` or `s3://BUCKET/KEY?versionId=ID`. Each range is
 * pinned to the ETag that the object has now: one that is replaced meanwhile is a UserError.
 */
export async function openObjectSource(config: AwsConfig, location: string): Promise<ByteSource> {
  const version = parseObjectLocation(location)
  const name = `s3://${version.Bucket}/${version.Key}`
  // The bucket may stand in another region than the registry.
  const client = makeClient(S3Client, { ...config, forcePathStyle: true, followRegionRedirects: true })
  const { sizeBytes, etag } = await describe(client, version, name)
  const abort = new AbortController()
  const { signal } = abort
  const fetchRange = async (start: number, length: number) => {
    const Range = `bytes=${start}-${start + length - 1}`
    const command = () => new GetObjectCommand({ ...version, IfMatch: etag, Range })
    try {
      return await readRange(
        () => client.send(command(), { abortSignal: signal }),
        { name, start, length },
        signal,
      )
    } catch (error) {
      throw explainRead(error, version, name)
    }
  }
  const windows = new RangeWindows(fetchRange, sizeBytes)
  return {
    name,
    sizeBytes,
    readInto: async (target, offset, until) => {
      if (offset + target.length > sizeBytes) {
        throw new UserError(
          `archive: ${name}: offset ${offset}: expected ${target.length} bytes, the object ends at ${sizeBytes}`,
        )
      }
      await windows.readInto(target, offset, until)
    },
    close: async () => {
      abort.abort()
      client.destroy()
    },
  }
}

/** Splits `s3://BUCKET/KEY?versionId=ID`; the version is optional. */
export function parseObjectLocation(location: string): Version {
  const [, Bucket, Key, VersionId] = /^s3:\/\/([^/]+)\/(.+?)(?:\?versionId=([^?&]+))?$/.exec(location) ?? []
  if (Bucket && Key && !Key.endsWith('/')) return { Bucket, Key, VersionId }
  throw new UserError(`archive: expected a location such as s3://bucket/app.tar, got "${location}"`)
}

async function describe(client: S3Client, version: Version, name: string) {
  try {
    const { ContentLength, ETag } = await client.send(new HeadObjectCommand(version))
    if (ContentLength === undefined || ETag === undefined)
      throw new Error(`${name}: expected a size and an ETag, got none`)
    return { sizeBytes: ContentLength, etag: ETag }
  } catch (error) {
    const status = awsErrorStatus(error)
    if (status === 403) throw denied(error, version, name)
    if (status === 400 && version.VersionId)
      throw new UserError(`archive: ${name}: expected a version's id, got "${version.VersionId}"`)
    if (status !== 404) throw error
    // The answer to HEAD has no body that could state what is missing.
    const hasBucket = await client.send(new HeadBucketCommand({ Bucket: version.Bucket })).then(
      () => true,
      (failure: unknown) => awsErrorStatus(failure) !== 404,
    )
    const what = version.VersionId ? `version "${version.VersionId}" of the object` : 'object'
    throw new UserError(
      `archive: ${name}: the ${hasBucket ? what : `bucket "${version.Bucket}"`} does not exist`,
    )
  }
}

function explainRead(error: unknown, version: Version, name: string): unknown {
  const status = awsErrorStatus(error)
  if (status === 412)
    return new UserError(`archive: ${name}: the object was replaced while it was read; run the push again`)
  if (status === 416)
    return new UserError(
      `archive: ${name}: the object is smaller than when it was opened; run the push again`,
    )
  if (status === 404)
    return new UserError(`archive: ${name}: the object was deleted while it was read; run the push again`)
  if (status === 403) return denied(error, version, name)
  return error
}

// Without ListBucket, S3 answers 403 for a missing object, too; the answer to HEAD has no text.
function denied(error: unknown, version: Version, name: string): UserError {
  const action = actionOf(version)
  return new UserError(
    `${action}: denied for ${name}; give the role ${action}, and s3:ListBucket to see where an object is missing, see docs/permissions.md (${awsErrorDetail(error)})`,
  )
}

const actionOf = ({ VersionId }: Version) => (VersionId ? 's3:GetObjectVersion' : 's3:GetObject')
