import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findMissing } from '../../scripts/adopt/check.ts'
import { nameOrigin } from '../../scripts/adopt/files.ts'
import { readSettings } from '../../scripts/adopt/settings.ts'
import { renderSetup, secrets, variables } from '../../scripts/adopt/setup.ts'
import { childEnv } from '../../scripts/child-env.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { startGithub } from '../fakes/github.ts'

const exec = promisify(execFile)
const sha = 'a'.repeat(40)
const origin = { repository: 'acme/toolkit', sha, version: 'v1.2.3' }
const makeFolder = () => mkdtempSync(join(tmpdir(), 'adopt-'))

async function adopt(folder: string, more: readonly string[] = []): Promise<string> {
  const args = [
    'scripts/adopt.ts',
    '--into',
    folder,
    '--from',
    'acme/toolkit',
    '--sha',
    sha,
    '--version',
    'v1.2.3',
  ]
  const { stdout } = await exec(process.execPath, [...args, ...more], { cwd: root, env: childEnv(folder) })
  return stdout
}

describe('adopting', () => {
  it('writes the workflows with the actions by their commit, the stacks, the rates and the calendar', async () => {
    const folder = makeFolder()
    const stdout = await adopt(folder)
    const workflows = globSync('.github/workflows/*.yml', { cwd: folder }).sort()
    expect(workflows.map((path) => path.slice('.github/workflows/'.length, -4))).toEqual([
      ...[
        'billing-daily',
        'billing-report',
        'deploy',
        'destroy',
        'drift',
        'pause',
        'preview',
        'resume',
        'status',
        'tell',
      ],
    ])
    for (const path of workflows) {
      const text = readFileSync(join(folder, path), 'utf8')
      expect(text).not.toMatch(/uses: \.\/(actions|\.github\/actions)/)
      expect(
        text.match(/acme\/toolkit\S* # v1\.2\.3/g)?.every((use) => use.includes(`@${sha}`)) ?? false,
      ).toBe(true)
    }
    const more = ['cloudformation/stacks.yml', 'lambda/presign/dist/index.js', 'rates.yml', 'calendar.yml']
    for (const path of more) expect(existsSync(join(folder, path)), path).toBe(true)
    expect(stdout).toContain('Left to do:')
  })

  it('keeps what was changed or deleted since, and updates the rest', async () => {
    const folder = makeFolder()
    await adopt(folder)
    const path = (name: string) => join(folder, name)
    writeFileSync(path('.github/workflows/pause.yml'), '# mine\n')
    writeFileSync(path('rates.yml'), '# my prices\n')
    rmSync(path('.github/workflows/resume.yml'))
    const stdout = await adopt(folder, ['--version', 'v1.3.0'])
    expect(readFileSync(path('.github/workflows/pause.yml'), 'utf8')).toBe('# mine\n')
    expect(readFileSync(path('rates.yml'), 'utf8')).toBe('# my prices\n')
    expect(existsSync(path('.github/workflows/resume.yml'))).toBe(false)
    expect(readFileSync(path('.github/workflows/deploy.yml'), 'utf8')).toContain('# v1.3.0')
    expect(stdout.match(/^kept .*$/gm)).toHaveLength(3)
    // And once more, with nothing new.
    expect(await adopt(folder, ['--version', 'v1.3.0'])).toMatch(
      /^0 written, 0 updated, \d+ current, 3 kept/m,
    )
  })

  it('never writes over a file that was there before', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'rates.yml'), 'mine')
    expect(await adopt(folder)).toContain('kept     rates.yml')
    expect(readFileSync(join(folder, 'rates.yml'), 'utf8')).toBe('mine')
  })

  it.each([
    [['--into', '/nowhere/at/all'], '--into: expected a folder, got "/nowhere/at/all"'],
    [['--sha', 'main'], '--sha: expected a commit of 40 digits, got "main"'],
    [['--from', 'toolkit'], '--from: expected OWNER/REPO as on GitHub, got "toolkit"'],
    [['--from', 'acme/..'], '--from: expected OWNER/REPO as on GitHub, got "acme/.."'],
    [['--version', 'v1\nrun: x'], '--version: expected one such as v1.2.3, got "v1'],
  ])('refuses %j', async (more, message) => {
    await expect(adopt(makeFolder(), more)).rejects.toMatchObject({
      stderr: expect.stringContaining(message),
    })
  })

  it.each([
    [
      'a folder',
      '.github/workflows/deploy.yml/x',
      'a file or nothing at .github/workflows/deploy.yml, got a folder',
    ],
    ['a file', 'cloudformation', 'folders or nothing on the way to cloudformation/api.yml, got a file'],
  ])('writes nothing where %s is in the way', async (_, path, message) => {
    const folder = join(makeFolder(), 'a b')
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), 'mine')
    await expect(adopt(folder)).rejects.toMatchObject({ stderr: expect.stringContaining(message) })
    expect(globSync(['*.yml', '.github/*.json', '.github/workflows/pause.yml'], { cwd: folder })).toEqual([])
  })

  it.each(['--check', '--print-setup'])('%s takes only the name of a repository', async (option) => {
    const ended = exec(process.execPath, ['scripts/adopt.ts', option, '../../user'], { cwd: root })
    await expect(ended).rejects.toMatchObject({
      stderr: expect.stringContaining(`${option}: expected OWNER/REPO`),
    })
  })

  it('names actions, composites and pages, and leaves workflows and actions of others as they are', () => {
    const text = [
      '# (docs/a.md)',
      'uses: ./actions/a',
      'uses: ./.github/actions/b',
      'uses: ./.github/workflows/c.yml',
      'uses: o/r@x',
      'echo "see $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/blob/$GITHUB_SHA/docs/a.md#b"',
      `See \${{ github.server_url }}/\${{ github.repository }}/blob/\${{ github.sha }}/docs/a.md`,
    ].join('\n')
    const page = `https://github.com/acme/toolkit/blob/${sha}/docs/a.md`
    expect(nameOrigin(text, origin).split('\n')).toEqual([
      `# (${page})`,
      `uses: acme/toolkit/actions/a@${sha} # v1.2.3`,
      `uses: acme/toolkit/.github/actions/b@${sha} # v1.2.3`,
      'uses: ./.github/workflows/c.yml',
      'uses: o/r@x',
      `echo "see ${page}#b"`,
      `See ${page}`,
    ])
  })
})

describe('the script that sets a repository up', () => {
  const script = renderSetup({ repository: 'acme/service', archive: 's3://b/app.tar', prefix: 'lab' })
  const provider = 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com'

  /** Runs it with stand-ins for `aws` and `gh`, which fail for what is not among the answers, by a part of the command. */
  async function setUp(
    given: Readonly<Record<string, string>>,
    env = { AWS_REGION: 'eu-west-1' },
    commands = script,
  ) {
    const folder = makeFolder()
    const own = { 'cloudformation deploy': '', 'actions/variables': '', 'variable set': '', '--method': '' }
    const answers = { ...own, ...given }
    const cases = Object.entries(answers).map(([part, answer]) => `*'${part}'*) echo '${answer}' ;;`)
    const log = join(folder, 'log')
    const program = `#!/bin/bash\nprintf '%s\\n' "$0 $*" >> '${log}'\ncase "$*" in\n${cases.join('\n')}\n*) exit 1 ;;\nesac\n`
    for (const name of ['aws', 'gh']) writeFileSync(join(folder, name), program, { mode: 0o755 })
    const { PATH, ...rest } = childEnv(folder, env)
    const ended = await exec('bash', ['-c', commands], { env: { ...rest, PATH: `${folder}:${PATH}` } }).then(
      ({ stdout, stderr }) => `${stdout}${stderr}`,
      ({ stderr }) => stderr,
    )
    return { ended, asked: existsSync(log) ? readFileSync(log, 'utf8').replaceAll(`${folder}/`, '') : '' }
  }

  const subject = { 'customization/sub': 'repo:acme/service' }
  const outputs = { 'stack-name github-lab --query': 'PermissionsBoundaryArn\tarn:boundary' }
  const made = { ...subject, ...outputs, 'list-open-id-connect-providers': '' }

  it('asks for the region before anything is made', async () => {
    const { ended, asked } = await setUp(made, Object({}))
    expect(ended).toContain('AWS_REGION: expected the region of the service')
    expect(asked).toBe('')
  })

  it('is for one region, whatever else names another', async () => {
    const [head] = script.split('REPO=')
    const env = childEnv(makeFolder(), { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' })
    const { stdout } = await exec('bash', ['-c', `${head}\necho "$AWS_DEFAULT_REGION"`], { env })
    expect(stdout).toBe('eu-west-1\n')
  })

  it('makes nothing where GitHub does not tell the subject, or the variables', async () => {
    expect((await setUp(outputs)).asked).not.toContain('deploy')
    expect((await setUp({ ...made, 'actions/variables': "'; exit 1; '" })).asked).not.toContain(
      'cloudformation deploy',
    )
  })

  it('takes a provider that the account has, but for a stack that made it', async () => {
    const providers = { 'list-open-id-connect-providers': provider }
    expect((await setUp({ ...subject, ...providers })).asked).toContain(`ProviderArn=${provider}`)
    expect((await setUp({ ...subject, 'list-open-id-connect-providers': '' })).asked).toMatch(
      /SubjectPrefix=repo:acme\/service$/m,
    )
    // A stack of which no more than a change set was made has no provider.
    expect((await setUp({ ...made, ...providers })).asked).toContain(`ProviderArn=${provider}`)
    const own = { 'github-lab --logical-resource-id Provider': '' }
    expect((await setUp({ ...made, ...own, ...providers })).asked).not.toContain('ProviderArn')
  })

  it('names the repository of the image as the stack storage does, else as STACK_PARAMETERS, each time', async () => {
    const storage = { 'stack-name lab-storage --query': 'RepositoryName\tmine/app' }
    const chosen = { 'actions/variables': 'Zones=3,storage.RepositoryName=team/app' }
    const reposOf = async (more: Readonly<Record<string, string>>) =>
      (await setUp({ ...made, ...more })).asked.match(/RepositoryName=\S*/g)?.slice(0, 1)
    expect(await reposOf({})).toEqual(['RepositoryName='])
    expect(await reposOf(chosen)).toEqual(['RepositoryName=team/app'])
    const both = { 'actions/variables': 'storage.RepositoryName=team/app\r\nRepositoryName=other/app\r' }
    expect(await reposOf(both)).toEqual(['RepositoryName=team/app'])
    expect(await reposOf({ ...chosen, ...storage })).toEqual(['RepositoryName=mine/app'])
  })

  it('warns of prefixes whose roles reach others', async () => {
    const roles = 'github-lab-deploy github-lab-2-deploy github-lab2-deploy github-la-deploy'
    const own = { 'github-lab --logical-resource-id DeployRole': '' }
    const { ended } = await setUp({ ...made, ...own, 'iam list-roles': roles })
    expect(ended.match(/^warning: .*;/gm)).toEqual([
      'warning: the roles of lab may also change what belongs to lab-2;',
    ])
    const elsewhere = await setUp({
      ...subject,
      'list-open-id-connect-providers': '',
      'iam list-roles': roles,
    })
    expect(elsewhere.ended).toContain(
      'warning: the roles of lab exist already, but their stack is not in eu-west-1;',
    )
    const longer = renderSetup({ repository: 'acme/service', archive: 's3://b/app.tar', prefix: 'lab-2-x' })
    const given = { ...subject, 'iam list-roles': roles, 'list-open-id-connect-providers': '' }
    expect((await setUp(given, undefined, longer)).ended).toMatch(
      /^warning: the roles of lab may also change what belongs to lab-2-x;.*\nwarning: the roles of lab-2 may/,
    )
  })

  it('keeps the parameters of the stacks, but the boundary of another prefix', async () => {
    const set = 'gh variable set STACK_PARAMETERS --repo acme/service --body'
    expect((await setUp(made)).asked).toContain(`${set} PermissionsBoundaryArn=arn:boundary\ngh`)
    const withEgress = await setUp({ ...made, 'actions/variables': 'network.Egress=endpoints' })
    expect(withEgress.asked).toContain(
      `${set} PermissionsBoundaryArn=arn:boundary\nnetwork.Egress=endpoints\ngh`,
    )
    const again = await setUp({ ...made, 'actions/variables': 'PermissionsBoundaryArn=x,Zones=3' })
    expect(again.asked).not.toContain(set)
    const ofOther = 'Zones=3,PermissionsBoundaryArn=arn:aws:iam::1:policy/github-ddn-boundary,Egress=nat'
    const moved = await setUp({ ...made, 'actions/variables': ofOther })
    expect(moved.asked).toContain(`${set} Zones=3,PermissionsBoundaryArn=arn:boundary,Egress=nat\ngh`)
  })

  it('keeps the rules of the environment', async () => {
    const put = '--method PUT repos/acme/service/environments/production'
    expect((await setUp(made)).asked).toContain(put)
    expect((await setUp({ ...made, 'production --jq': 'false' })).asked).toContain(put)
    expect((await setUp({ ...made, 'production --jq': 'true' })).asked).not.toContain(put)
  })

  it('is clean for shellcheck', async () => {
    const file = join(makeFolder(), 'setup.sh')
    writeFileSync(file, script)
    const shellcheck = join(root, '.venv', 'bin', 'shellcheck')
    await expect(exec(shellcheck, ['--shell', 'bash', file])).resolves.toMatchObject({ stdout: '' })
  })
})

describe('the settings', () => {
  const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  )
  const named = (kind: 'vars' | 'secrets') =>
    [
      ...new Set(
        workflows
          .flatMap((text) => [...text.matchAll(new RegExp(`\\b${kind}\\.([A-Z_]+)`, 'g'))])
          .map(([, name]) => name),
      ),
    ].sort()
  const optional = ['IMAGE_COMPRESSION', 'NOTIFY', 'ROLL_BACK']

  it('are all that the workflows read, and the commands set each that they need', () => {
    expect([...variables.map(({ name }) => name), ...optional].sort()).toEqual(named('vars'))
    expect(secrets.map(({ name }) => name).sort()).toEqual(named('secrets'))
    const setup = renderSetup({ repository: 'acme/service', archive: 's3://b/app.tar', prefix: 'lab' })
    for (const { name, isRequired } of variables)
      if (isRequired) expect(setup).toContain(`gh variable set ${name} `)
    expect(setup).toContain('REPO=acme/service\n')
  })

  it('that are missing or wrong are named, and an environment must restrict branches', () => {
    const found = findMissing({
      variables: new Map([
        ['AWS_DEPLOY_ROLE', 'arn:aws:iam::111122223333:role/github-ddn-deploy'],
        ['AWS_PAUSE_ROLE', 'github-ddn-pause'],
      ]),
      secrets: ['FAILURE_WEBHOOK'],
      environment: { restrictsBranches: false, hasReviewers: true },
      subjectPrefix: 'repo:acme/service',
    })
    const of = (kind: string) =>
      found.filter((finding) => finding.kind === kind).map(({ what }) => what.split(':')[0])
    expect(of('missing')).toEqual(
      ['AWS_PREVIEW_ROLE', 'AWS_REPORT_ROLE', 'IMAGE_ARCHIVE', 'STACK_PARAMETERS'].map(
        (name) => `variable ${name}`,
      ),
    )
    expect(of('wrong')).toEqual(['variable AWS_PAUSE_ROLE', 'environment production'])
    expect(of('ok')).toContain('secret FAILURE_WEBHOOK')
  })

  it('are read from GitHub, page by page', async () => {
    const github = await startGithub()
    const env = { GH_TOKEN: 'of-the-job', GITHUB_API_URL: github.apiUrl }
    await expect(readSettings('acme/service', env)).rejects.toThrow(
      'acme/service: GitHub answered 404 for the repository',
    )
    const answer = (path: string, body: object) => github.answers.set(path, { status: 200, body })
    answer('', {})
    answer('/actions/variables', { variables: [{ name: 'AWS_REGION', value: 'eu-west-1' }] })
    expect(await readSettings('acme/service', env)).toEqual({
      variables: new Map([['AWS_REGION', 'eu-west-1']]),
      secrets: undefined,
      environment: undefined,
      subjectPrefix: 'repo:acme/service',
    })
    const policy = {
      deployment_branch_policy: { protected_branches: true },
      protection_rules: [{ type: 'required_reviewers' }],
    }
    answer('/environments/production', policy)
    answer('/actions/secrets', { secrets: [{ name: 'FAILURE_WEBHOOK' }] })
    expect(await readSettings('acme/service', env)).toMatchObject({
      secrets: ['FAILURE_WEBHOOK'],
      environment: { restrictsBranches: true, hasReviewers: true },
    })
    github.close()
    await expect(readSettings('acme/service', env)).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+: expected an answer, got none \(/,
    )
  })
})
