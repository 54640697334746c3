import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { expect, it } from 'vitest'
import { makeRepository, runAct } from '../fixtures/act.ts'
import { makeImageArchive } from '../fixtures/archive.ts'
import { localAws } from '../local-aws.ts'

const template = `
Parameters:
  ImageUri: {Type: String}
Resources:
  Image: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /act/image, Value: !Ref ImageUri}}
Outputs:
  ImageUri: {Value: !Ref ImageUri}
`

it('hands the digest of a pushed image on to a deployment, in a real workflow', async () => {
  const { env, config } = localAws()
  const repository = await makeRepository({
    workflows: ['test/workflows/life.yml'],
    actions: ['push-image', 'deploy-stack'],
    files: {
      'app.tar': makeImageArchive(['one', 'two']),
      'app.yml': template,
      'stacks.yml': 'stacks: {app: {template: app.yml}}\n',
    },
  })
  const stdout = await runAct(repository, { event: 'workflow_dispatch' }, env)
  const { imageDetails } = await new ECRClient(config).send(
    new DescribeImagesCommand({ repositoryName: 'team/app' }),
  )
  expect(imageDetails?.map(({ imageTags }) => imageTags?.toSorted())).toEqual([
    ['act-running', 'latest', 'v1'],
  ])
  const { Parameter } = await new SSMClient(config).send(new GetParameterCommand({ Name: '/act/image' }))
  expect(Parameter?.Value).toContain(`/team/app@${imageDetails?.[0]?.imageDigest}`)
  expect(stdout).toContain(`created ${Parameter?.Value}`)
  expect(stdout).toContain('Job succeeded')
})
