import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { expect, it } from 'vitest'
import { findEntryPoint } from '../../scripts/bundle.ts'
import { root } from '../../scripts/local-aws-process.ts'
import { makeImageArchive } from '../fixtures/archive.ts'
import { localAws } from '../local-aws.ts'

const exec = promisify(execFile)

const template = `
Parameters:
  ImageUri: {Type: String}
Resources:
  Image: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /act/image, Value: !Ref ImageUri}}
Outputs:
  ImageUri: {Value: !Ref ImageUri}
`

/** Puts an action into the repository: its bundle, or a file that runs the sources where the bundle is older. */
function placeAction(repository: string, action: string): void {
  const folder = join(repository, 'actions', action)
  const { path, stale } = findEntryPoint(action)
  mkdirSync(join(folder, 'dist'), { recursive: true })
  cpSync(join(root, 'actions', action, 'action.yml'), join(folder, 'action.yml'))
  if (!stale) {
    cpSync(dirname(path), join(folder, 'dist'), { recursive: true })
    return
  }
  writeFileSync(join(folder, 'dist', 'index.js'), `await import(${JSON.stringify(path)})\n`)
  writeFileSync(join(folder, 'dist', 'package.json'), '{"type": "module"}\n')
}

async function makeRepository(): Promise<string> {
  const repository = mkdtempSync(join(tmpdir(), 'act-'))
  mkdirSync(join(repository, '.github', 'workflows'), { recursive: true })
  cpSync(join(root, 'test/workflows/life.yml'), join(repository, '.github/workflows/life.yml'))
  for (const action of ['push-image', 'deploy-stack']) placeAction(repository, action)
  writeFileSync(join(repository, 'app.tar'), makeImageArchive(['one', 'two']))
  writeFileSync(join(repository, 'app.yml'), template)
  writeFileSync(join(repository, 'stacks.yml'), 'stacks: {app: {template: app.yml}}\n')
  const git = async (...args: string[]) =>
    await exec('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
      cwd: repository,
    })
  await git('init', '--quiet')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'first')
  return repository
}

it('hands the digest of a pushed image on to a deployment, in a real workflow', async () => {
  const { env, config } = localAws()
  const act = join(root, '.venv', 'bin', 'act')
  const flags = ['--no-cache-server', '--use-gitignore=false', '--platform', 'ubuntu-latest=-self-hosted']
  const { stdout } = await exec(
    act,
    ['workflow_dispatch', ...flags, '--action-cache-path', mkdtempSync(join(tmpdir(), 'act-cache-'))],
    {
      cwd: await makeRepository(),
      // The actions ask for Node 24, and act takes the first node that it finds.
      env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}` },
      maxBuffer: 2 ** 24,
    },
  )
  const { imageDetails } = await new ECRClient(config).send(
    new DescribeImagesCommand({ repositoryName: 'team/app' }),
  )
  expect(imageDetails?.map(({ imageTags }) => imageTags?.toSorted())).toEqual([['latest', 'v1']])
  const { Parameter } = await new SSMClient(config).send(new GetParameterCommand({ Name: '/act/image' }))
  expect(Parameter?.Value).toContain(`/team/app@${imageDetails?.[0]?.imageDigest}`)
  expect(stdout).toContain(`created ${Parameter?.Value}`)
  expect(stdout).toContain('Job succeeded')
})
