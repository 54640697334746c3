import { listFirst } from '../quote.ts'

// Of each root file system some are there.
const rootFolders = [
  'bin',
  'dev',
  'etc',
  'home',
  'lib',
  'opt',
  'proc',
  'root',
  'sbin',
  'sys',
  'tmp',
  'usr',
  'var',
]

const layoutFile = /^([^/]+)\/(index\.json|manifest\.json|oci-layout)$/
const archiveFile = /^[^/]+\.(tar|tgz|tar\.\w+)$/

/** Says what files are that should be those of an image, and what to do; `names` are relative to the archive. */
export function describeFiles(names: readonly string[]): string {
  if (names.length === 0) return 'it holds no files; docker save and skopeo copy write an archive of an image'
  const tops = new Set(names.map((name) => name.split('/')[0] ?? ''))
  const nested = names.map((name) => layoutFile.exec(name)?.[1]).find((folder) => folder !== undefined)
  if (nested !== undefined)
    return `its image is in the folder "${nested}"; pack that folder itself: tar -C ${nested} -cf app.tar .`
  if (tops.has('oci-layout')) return 'it is an OCI layout without index.json; write it again'
  if (tops.has('repositories'))
    return 'it was written by Docker before 1.10; load it, and save it again with a newer version'
  if (tops.has('config.json') && tops.has('rootfs'))
    return 'it is a runtime bundle, not an image; pack it with umoci, or build the image'
  if (tops.has('.dockerenv') || rootFolders.filter((folder) => tops.has(folder)).length >= 2)
    return 'it is a container export, not an image; use docker save in the place of docker export'
  if (tops.has('Dockerfile') || tops.has('Containerfile'))
    return 'it is a build context; build it: docker buildx build --output type=oci,dest=app.tar .'
  if (names.some((name) => /^[^/]+\/Chart\.yaml$/.test(name)))
    return 'it is a Helm chart; push it with helm push'
  const inner = names.find((name) => archiveFile.test(name))
  if (inner !== undefined) return `it holds "${inner}"; unpack it, and name that file`
  return `it holds ${listFirst([...tops])}; docker save and skopeo copy write an archive of an image`
}
