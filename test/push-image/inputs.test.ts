import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { readInputs } from '../../actions/push-image/inputs.ts'

const given = { archive: 'app.tar', repository: 'team/app' }

describe('readInputs', () => {
  it('takes a name, or the URI of ECR, for a repository of ECR', () => {
    expect(readInputs(given).destination).toEqual({ kind: 'ecr', name: 'team/app', registryId: undefined })
    const uri = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/team/app'
    expect(readInputs({ ...given, repository: uri }).destination).toEqual({
      kind: 'ecr',
      name: 'team/app',
      registryId: '111122223333',
      region: 'ap-northeast-2',
    })
  })

  it('takes a name with a host for a repository of another registry', () => {
    const inputs = readInputs({ ...given, repository: 'localhost:5000/app', username: 'a', password: 'b' })
    expect(inputs.destination).toEqual({ kind: 'registry', reference: 'localhost:5000/app' })
    expect(inputs.login).toEqual({ username: 'a', password: 'b' })
  })

  it.each([
    [
      { repository: 'Team/App' },
      'repository: expected a name such as team/app in lower case, got "Team/App"',
    ],
    [{ 'registry-id': '12' }, 'registry-id: expected an account of 12 digits, got "12"'],
    [{ username: 'a' }, 'password: expected username and password together, got only one of them'],
    [{ username: 'a', password: 'b' }, 'username: expected none for this repository, got a value'],
    [{ insecure: 'true' }, 'insecure: expected none for this repository, got a value'],
    [{ repository: 'localhost:1/app', scan: 'wait' }, 'scan: expected none for this repository'],
    [{ repository: 'localhost:1/app', 'create-repository': 'true' }, 'create-repository: expected none'],
    [{ immutable: 'true' }, 'immutable: expected create-repository "true" beside it, got "false"'],
    [{ 'scan-threshold': 'high' }, 'scan-threshold: expected scan "wait" beside it, got "off"'],
    [{ reuse: 'never' }, 'reuse: expected one of repository, verify, off, got "never"'],
    [{ threads: '0' }, 'threads: expected a whole number from 1 to 64, got "0"'],
    [{ compression: 'zip' }, 'compression: expected one of gzip, zstd, none, got "zip"'],
    [{ tags: 'v1,../v2' }, 'tags: expected a tag such as v1, or a reference such as'],
    [{ tags: 'team/app' }, 'or a reference such as registry.example.com/team/app:v1, got "team/app"'],
    [{ 'mount-from': '../other' }, 'mount-from: expected the name of a repository of the same registry'],
    [{ image: 'a b' }, 'image: expected a reference, tag, digest or platform, got "a b"'],
    [{ image: 'all,a b' }, 'image: expected a reference, tag, digest or platform, got "a b"'],
    [
      { archive: '-' },
      'archive: expected a path or s3://BUCKET/KEY, got "-"; write the archive to a file first',
    ],
    [{ cache: 'toolkit:Ddn' }, 'cache: expected a prefix after "toolkit:", of up to 16 lower-case letters'],
    [{ archve: 'x' }, 'archve: unknown input; did you mean "archive"'],
  ])('refuses %o', (inputs, message) => {
    expect(() => readInputs({ ...given, ...inputs })).toThrow(message)
  })
})

it('masks the password even where the inputs are refused', () => {
  const masked: string[] = []
  const mask = (secret: string) => masked.push(secret)
  expect(() => readInputs({ ...given, password: 'hunter2', threads: '0' }, mask)).toThrow(/^(?!.*hunter2)/)
  expect(masked).toEqual(['hunter2'])
})

describe('readInputs, to the letter', () => {
  it('has a default for all but the archive and the repository', () => {
    const { threads, ...read } = readInputs(given)
    expect(threads).toBeGreaterThanOrEqual(1)
    expect(threads).toBeLessThanOrEqual(Math.min(availableParallelism(), 8))
    expect(read).toMatchObject({
      ...{ archive: 'app.tar', images: [], tags: [], compression: { compression: 'gzip' } },
      ...{ reuse: 'repository', mountFrom: undefined, concurrency: 3, retries: 5, insecure: false },
      ...{ login: undefined, creation: undefined, scan: 'off', scanThreshold: 'none', dryRun: false },
    })
  })

  it('reads all of its inputs for ECR', () => {
    const all = {
      ...{ archive: 's3://b/k', image: 'app:v1', repository: 'app', 'registry-id': '111122223333' },
      ...{ tags: 'a, b', compression: 'zstd', reuse: 'verify', 'mount-from': 'base', concurrency: '16' },
      ...{ threads: '64', retries: '0', 'create-repository': 'true', immutable: 'true', scan: 'wait' },
      ...{
        'scan-on-push': 'true',
        'lifecycle-policy': 'p.json',
        'scan-threshold': 'high',
        'dry-run': 'true',
      },
    }
    expect(readInputs(all)).toMatchObject({
      ...{
        archive: 's3://b/k',
        images: ['app:v1'],
        tags: [{ tag: 'a' }, { tag: 'b' }],
        compression: { compression: 'zstd' },
      },
      destination: { kind: 'ecr', name: 'app', registryId: '111122223333' },
      ...{ reuse: 'verify', mountFrom: 'base', concurrency: 16, threads: 64, retries: 0 },
      creation: { immutable: true, scanOnPush: true, lifecyclePolicy: 'p.json' },
      ...{ scan: 'wait', scanThreshold: 'high', dryRun: true },
    })
    expect(readInputs({ ...given, 'compression-level': '9', reuse: 'off' })).toMatchObject({
      compression: { compression: 'gzip', level: 9 },
      reuse: 'off',
    })
  })

  it('takes a path that only looks like a web address', () => {
    expect(readInputs({ ...given, archive: 'from-http://x' }).archive).toBe('from-http://x')
  })

  it('reads the inputs of another registry', () => {
    const other = { repository: 'localhost:1/app', username: 'a', password: 'b', insecure: 'true' }
    expect(readInputs({ ...given, ...other })).toMatchObject({
      destination: { kind: 'registry', reference: 'localhost:1/app' },
      login: { username: 'a', password: 'b' },
      insecure: true,
    })
  })

  it.each([
    [
      { archive: 'https://host/app.tar?token=hunter2' },
      /^archive: expected a path or s3:\/\/BUCKET\/KEY, got a web address; download it first$/,
    ],
    [{ archive: 'HTTP://host/app.tar' }, 'archive: expected a path or s3://BUCKET/KEY, got a web address'],
    [
      { repository: 'user:hunter2@host/app' },
      /^repository: expected a name without "@", got one; set a user by the inputs username and password, and leave out a digest$/,
    ],
    [{ archive: '' }, 'archive: expected a value, got none'],
    [{ repository: '' }, 'repository: expected a value, got none'],
    [{ concurrency: '0' }, 'concurrency: expected a whole number from 1 to 16'],
    [{ concurrency: '17' }, 'concurrency: expected a whole number from 1 to 16'],
    [{ threads: '65' }, 'threads: expected a whole number from 1 to 64'],
    [{ retries: '21' }, 'retries: expected a whole number from 0 to 20'],
    [{ password: 'b' }, 'username: expected username and password together, got only one of them'],
    [
      { insecure: 'true' },
      'insecure: expected none for this repository, got a value; ECR has its own credentials and TLS',
    ],
    [
      { repository: 'localhost:1/app', scan: 'wait' },
      'scan: expected none for this repository, got a value; only ECR has it',
    ],
    [
      { 'scan-on-push': 'true' },
      'scan-on-push: expected create-repository "true" beside it, got "false"; it applies to a repository that is created',
    ],
    [{ 'lifecycle-policy': 'p' }, 'lifecycle-policy: expected create-repository "true" beside it'],
    [{ scan: 'on' }, 'scan: expected one of off, wait, got "on"'],
    [
      { scan: 'wait', 'scan-threshold': 'x' },
      'scan-threshold: expected one of none, critical, high, medium, low, informational, undefined, got "x"',
    ],
    [{ 'scan-threshold': 'low' }, 'got "off"; set scan to wait'],
  ])('refuses also %o', (inputs, message) => {
    expect(() => readInputs({ ...given, ...inputs })).toThrow(message)
  })
})
