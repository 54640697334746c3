const mebibyte = 1024 ** 2

/** Where a registry differs from the plain one. */
export type Quirks = {
  /** Status of a chunk that was taken. */
  sendStatus: number
  /** Status of a manifest that was put. */
  putStatus: number
  /** The Range of a chunk's answer stays at the end of the first one. */
  stuckRange: boolean
  /** A chunk without Content-Range is taken by an empty session only. */
  noRestart: boolean
  /** A request for a repository that is not there is dropped; else it is answered, or the repository made. */
  dropsMissing: boolean
  /** Each chunk but the last has to be as large. */
  smallestPartBytes: number
  /** A tag cannot be put again, the same manifest included. */
  immutableTags: boolean
  /** Blobs can be mounted from other repositories. */
  mounts: boolean
  /** The registry keeps the lists of manifests that refer to another one; older ones leave that to their clients. */
  listsReferrers: boolean
}

/** A registry by the specification alone. */
export const plain: Quirks = {
  sendStatus: 202,
  putStatus: 201,
  stuckRange: false,
  noRestart: false,
  dropsMissing: false,
  smallestPartBytes: 0,
  immutableTags: false,
  mounts: true,
  listsReferrers: true,
}

/**
 * ECR as others met it: https://github.com/aws/containers-roadmap/issues/2831 (chunks),
 * https://github.com/aws/containers-roadmap/issues/1970 (dropped connections).
 */
export const ecr: Quirks = {
  sendStatus: 201,
  putStatus: 201,
  stuckRange: true,
  noRestart: true,
  dropsMissing: true,
  smallestPartBytes: 5 * mebibyte,
  immutableTags: false,
  mounts: false,
  listsReferrers: true,
}
