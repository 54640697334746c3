import { describe, expect, it } from 'vitest'
import {
  acceptedManifests,
  compressionOf,
  dockerTypes,
  layerType,
  ociTypes,
  toOciType,
  typesOf,
} from '../../../lib/oci/media-type.ts'

// As registries compare them, letter by letter.
it('has the media types of the two specifications', () => {
  expect(dockerTypes).toEqual({
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: {
      none: 'application/vnd.docker.image.rootfs.diff.tar',
      gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    },
  })
  expect(ociTypes).toEqual({
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: {
      none: 'application/vnd.oci.image.layer.v1.tar',
      gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
      zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    },
  })
  expect([typesOf('docker'), typesOf('oci')]).toEqual([dockerTypes, ociTypes])
})

it('asks a registry for manifests and indexes of both', () => {
  expect(acceptedManifests.split(', ').sort()).toEqual(
    [
      ...[ociTypes.manifest, ociTypes.index, dockerTypes.manifest, dockerTypes.index],
      'application/vnd.oci.artifact.manifest.v1+json',
    ].sort(),
  )
})

it('turns types of Docker into those of OCI, and leaves all others', () => {
  expect([dockerTypes.config, dockerTypes.layer.gzip, 'a/b'].map(toOciType)).toEqual([
    ociTypes.config,
    ociTypes.layer.gzip,
    'a/b',
  ])
})

describe('the media type of a layer', () => {
  it.each([
    ['docker', 'none', dockerTypes.layer.none],
    ['docker', 'gzip', dockerTypes.layer.gzip],
    ['oci', 'none', ociTypes.layer.none],
    ['oci', 'gzip', ociTypes.layer.gzip],
    ['oci', 'zstd', ociTypes.layer.zstd],
  ] as const)('of %s and %s says how it is compressed', (family, compression, type) => {
    expect(layerType(family, compression)).toBe(type)
    expect(compressionOf(type)).toBe(compression)
  })

  it('is none of docker for zstd', () => {
    expect(() => layerType('docker', 'zstd')).toThrow('media type: docker has none for a zstd layer')
  })

  it.each([
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'gzip'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+zstd', 'zstd'],
    ['application/gzip', undefined],
    ['application/vnd.oci.image.layer.v1.tar+gzip+encrypted', undefined],
    ['application/vnd.oci.image.layer.v1.tar+zstd+encrypted', undefined],
    ['application/vnd.oci.image.layer.v1.tar+encrypted', undefined],
    ['application/vnd.oci.image.layer.v1.star', undefined],
    ['application/vnd.oci.image.config.v1+json', undefined],
  ])('%s tells %s', (type, compression) => {
    expect(compressionOf(type)).toBe(compression)
  })
})
