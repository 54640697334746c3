import { join } from 'node:path'
import type { SourceImage } from './source-image.ts'
import { type Tool, tools } from './tool.ts'

/** A program and its arguments. */
type Command = readonly [Tool, readonly string[]]

/** An archive that a tool of others makes, and how it, or one that reads the same, pushes it. */
export type ForeignArchive = {
  name: string
  make: readonly Command[]
  /** What push-image is given. */
  inputs: { archive: string; image?: string }
  pushTo(image: string): Command
  /** Whether the peer keeps the layers as the archive has them, so that digests must be the same. */
  isKept: boolean
  /** Whether the source's SBOMs come along. */
  hasReferrers?: boolean
}

const { skopeo, podman, buildah, umoci, crane, oras, regctl } = tools

type Place = { source: SourceImage; host: string; at(name: string): string }

/** Lists the archives; `folder` is for them, and `host` is the registry's. */
export function listForeignArchives(
  source: SourceImage,
  { folder, host }: { folder: string; host: string },
): ForeignArchive[] {
  const place = { source, host, at: (name: string) => join(folder, name) }
  return [podmanArchives, buildahArchives, layouts, craneArchives, orasArchives, regctlArchives].flatMap(
    (list) => list(place),
  )
}

const copy = (from: string, to: string): Command => [
  skopeo,
  ['--insecure-policy', 'copy', '--all', '--src-tls-verify=false', '--dest-tls-verify=false', from, to],
]
const bySkopeo = (from: string) => (image: string) => copy(from, `docker://${image}`)

const storeOf = ({ at }: Place) => ['--root', at('store'), '--runroot', at('run'), '--storage-driver', 'vfs']

function podmanArchives(place: Place): ForeignArchive[] {
  const { source, at } = place
  const store = storeOf(place)
  return ['docker-archive', 'oci-archive'].map((format) => ({
    name: `podman save, ${format}`,
    make: [
      [podman, [...store, 'load', '--input', source.dockerArchive]],
      [podman, [...store, 'save', '--format', format, '--output', at(format), source.dockerReference]],
    ],
    inputs: { archive: at(format) },
    pushTo: bySkopeo(`${format}:${at(format)}`),
    isKept: false,
  }))
}

function buildahArchives(place: Place): ForeignArchive[] {
  const { source, at } = place
  const store = storeOf(place)
  return [
    {
      name: 'buildah, oci-archive',
      make: [
        [buildah, [...store, 'from', '--name', 'work', 'scratch']],
        [buildah, [...store, 'copy', 'work', source.dockerArchive, '/opt/']],
        [buildah, [...store, 'config', '--annotation', 'org.example.by=buildah', 'work']],
        [buildah, [...store, 'commit', 'work', `oci-archive:${at('buildah')}:app:v1`]],
      ],
      inputs: { archive: at('buildah') },
      pushTo: bySkopeo(`oci-archive:${at('buildah')}`),
      isKept: false,
    },
  ]
}

function layouts({ source, at }: Place): ForeignArchive[] {
  return [
    {
      name: 'skopeo, oci-archive',
      make: [copy(`docker://${source.reference}`, `oci-archive:${at('skopeo')}`)],
      inputs: { archive: at('skopeo') },
      pushTo: bySkopeo(`oci-archive:${at('skopeo')}`),
      isKept: true,
    },
    {
      name: 'umoci, layout',
      make: [
        [umoci, ['init', '--layout', at('umoci')]],
        [umoci, ['new', '--image', `${at('umoci')}:v1`]],
        [umoci, ['insert', '--rootless', '--image', `${at('umoci')}:v1`, source.dockerArchive, '/opt/a.tar']],
        [umoci, ['config', '--image', `${at('umoci')}:v1`, '--manifest.annotation', 'org.example.by=umoci']],
      ],
      inputs: { archive: at('umoci') },
      pushTo: bySkopeo(`oci:${at('umoci')}:v1`),
      isKept: true,
    },
  ]
}

function craneArchives({ source, at }: Place): ForeignArchive[] {
  return [
    {
      name: 'crane, tarball',
      make: [[crane, ['pull', '--insecure', '--platform', 'linux/amd64', source.reference, at('crane.tar')]]],
      inputs: { archive: at('crane.tar') },
      pushTo: (image) => [crane, ['push', '--insecure', at('crane.tar'), image]],
      isKept: true,
    },
    {
      name: 'crane, layout',
      make: [[crane, ['pull', '--insecure', '--format', 'oci', source.reference, at('crane')]]],
      inputs: { archive: at('crane') },
      pushTo: (image) => [crane, ['push', '--insecure', at('crane'), image]],
      isKept: true,
    },
  ]
}

function orasArchives({ source, at }: Place): ForeignArchive[] {
  return [
    {
      name: 'oras, layout with referrers',
      make: [
        [oras, ['copy', '-r', '--from-plain-http', '--to-oci-layout', source.reference, `${at('oras')}:v1`]],
      ],
      inputs: { archive: at('oras'), image: 'v1' },
      pushTo: (image) => [
        oras,
        ['copy', '-r', '--from-oci-layout', '--to-plain-http', `${at('oras')}:v1`, image],
      ],
      isKept: true,
      hasReferrers: true,
    },
    {
      name: 'oras, artifact',
      make: [
        [
          oras,
          ['push', '--oci-layout', '--disable-path-validation', `${at('model')}:v1`, source.dockerArchive],
        ],
      ],
      inputs: { archive: at('model') },
      pushTo: (image) => [oras, ['copy', '--from-oci-layout', '--to-plain-http', `${at('model')}:v1`, image]],
      isKept: true,
    },
  ]
}

function regctlArchives({ source, host, at }: Place): ForeignArchive[] {
  const reg = (args: readonly string[]): Command => [regctl, ['--host', `reg=${host},tls=disabled`, ...args]]
  return [
    {
      name: 'regctl, export',
      make: [reg(['image', 'export', source.reference, at('regctl.tar')])],
      inputs: { archive: at('regctl.tar') },
      pushTo: (image) => reg(['image', 'import', image, at('regctl.tar')]),
      isKept: true,
    },
    {
      name: 'regctl, layout with referrers',
      make: [reg(['image', 'copy', '--referrers', source.reference, `ocidir://${at('regctl')}:v1`])],
      inputs: { archive: at('regctl'), image: 'v1' },
      pushTo: (image) => reg(['image', 'copy', '--referrers', `ocidir://${at('regctl')}:v1`, image]),
      isKept: true,
      hasReferrers: true,
    },
  ]
}
