import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const parameter = (name: string, value: object) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: value },
})

const templates = {
  'data.json': {
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'Retain',
        Properties: { BucketName: { 'Fn::Join': ['-', ['p-data', { Ref: 'AWS::AccountId' }]] } },
      },
      Repository: {
        Type: 'AWS::ECR::Repository',
        DeletionPolicy: 'Retain',
        Properties: { RepositoryName: 'p-repository' },
      },
      Logs: {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'Retain',
        Properties: { LogGroupName: '/p/logs' },
      },
    },
    Outputs: { BucketName: { Value: { Ref: 'Bucket' } } },
  },
  'app.json': {
    Parameters: {
      BucketName: { Type: 'String' },
      CodeKey: { Type: 'String' },
      Size: { Type: 'String', Default: 'small' },
    },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'p-queue' } },
      Bucket: parameter('/p/bucket', { Ref: 'BucketName' }),
      Code: parameter('/p/code', { Ref: 'CodeKey' }),
      Size: parameter('/p/size', { Ref: 'Size' }),
    },
    Outputs: { Size: { Value: { Ref: 'Size' } } },
  },
}

const stacks = {
  stacks: {
    data: { template: 'data.json' },
    app: {
      template: 'app.json',
      assets: { Code: 'code' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the file of stacks
      parameters: { BucketName: '${data.BucketName}' },
    },
  },
}

/** Writes two stacks and an asset into a folder; gives the path of the file of stacks. */
export function writeStacks(folder: string): string {
  mkdirSync(join(folder, 'code'), { recursive: true })
  writeFileSync(join(folder, 'code', 'index.js'), 'export const handler = () => 1')
  for (const [name, content] of Object.entries({ ...templates, 'stacks.yml': stacks })) {
    writeFileSync(join(folder, name), JSON.stringify(content))
  }
  return join(folder, 'stacks.yml')
}
