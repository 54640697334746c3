import { boolean, choice, defineInputs, integer, keyValues, list, text } from '../../lib/inputs.ts'

/** Severities of findings, the most severe first. */
export const severities = ['critical', 'high', 'medium', 'low', 'informational', 'undefined'] as const

/** The inputs of push-image; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  archive: text({
    required: true,
    meaning:
      'Path of the image archive, or `s3://bucket/key` (optionally with `?versionId=`): a tar written by `docker save`, an OCI image layout as a tar or a folder, or such a tar compressed with gzip or zstd. An uncompressed tar is faster.',
  }),
  image: list({
    meaning:
      'The image to push if the archive holds several: its reference, tag, digest or platform, such as `linux/arm64`. Several, one per line, or `all`, are pushed one after another, each under the tags that the archive names. Without it, the archive must hold one image; a multi-platform index is pushed whole.',
  }),
  repository: text({
    required: true,
    meaning:
      'Name of the ECR repository in the account and region of the credentials, or the full reference of a repository in any registry, such as `registry.example.com/team/app`.',
  }),
  'registry-id': text({
    meaning: 'Account of the ECR registry, if it differs from the account of the credentials.',
  }),
  tags: list({
    meaning:
      "Tags for the image, separated by newlines or commas, as `docker/metadata-action` writes them. A full reference of this repository is accepted as its tag; one of another repository pushes the image there as well. Without it, the archive's own tags are used.",
  }),
  annotations: keyValues({
    meaning:
      'Annotations as `docker/metadata-action` writes them, such as `manifest:org.opencontainers.image.revision=1a2b`. They are added to the manifest of an image whose layers are compressed on the way, or that `docker save` wrote without one; it then has OCI media types. What keeps its digest gets none, with a warning.',
  }),
  'create-repository': boolean({
    default: false,
    meaning: 'Creates the ECR repository if it does not exist.',
  }),
  immutable: boolean({ default: false, meaning: 'Makes the tags of a created repository immutable.' }),
  'scan-on-push': boolean({
    default: false,
    meaning: 'Configures a created repository to scan each image on push.',
  }),
  'lifecycle-policy': text({
    meaning: 'Path of a JSON file with the lifecycle policy for a created repository.',
  }),
  compression: choice(['gzip', 'zstd', 'none'], {
    default: 'gzip',
    meaning:
      'Compression for layers that the archive holds uncompressed; `zstd` uses OCI media types. Layers that are already compressed are kept as they are.',
  }),
  'compression-level': text({
    meaning:
      'For gzip, `fast` (the default), `1` (smaller) or `2` to `9` (the levels of zlib); for zstd, `1` (the default) to `19`.',
  }),
  reuse: choice(['repository', 'verify', 'off'], {
    default: 'repository',
    meaning:
      'Whether to reuse layers of earlier images: `repository` reuses them, `verify` also reads and hashes the local layers first, `off` sends every layer.',
  }),
  'mount-from': text({
    meaning: 'Another repository of the registry from which layers are mounted, if the registry allows it.',
  }),
  cache: text({
    meaning:
      'Where the action remembers which blob each layer became, so that a push continues where an earlier one was interrupted: a folder, or `toolkit:PREFIX` for the bucket that `deploy-stack` with this prefix made. By default the folder `gpu-service-actions` in `XDG_CACHE_HOME` or `~/.cache`.',
  }),
  concurrency: integer({
    default: 3,
    min: 1,
    max: 16,
    meaning: 'Most layers to send in parallel. Large layers are sent in parallel only where that is faster.',
  }),
  threads: integer({
    min: 1,
    max: 64,
    meaning: 'Number of compression threads. By default one per core, at most 8.',
  }),
  retries: integer({
    default: 5,
    min: 0,
    max: 20,
    meaning: 'How many times a request or a layer is sent again after a transient failure.',
  }),
  scan: choice(['off', 'wait'], {
    default: 'off',
    meaning: "`wait` waits for ECR's image scan and reports its findings; `off` does not.",
  }),
  'scan-threshold': choice(['none', ...severities], {
    default: 'none',
    meaning:
      'The lowest severity of a finding that fails the step; `none` never fails it. The image has been pushed by then in any case.',
  }),
  username: text({
    meaning: 'User name for a registry other than ECR. ECR uses the credentials of the environment.',
  }),
  password: text({ secret: true, meaning: 'Password of that user, or a token.' }),
  insecure: boolean({ default: false, meaning: 'Allows plain HTTP to a registry on another machine.' }),
  'dry-run': boolean({ default: false, meaning: 'Prints the plan and writes nothing.' }),
})
