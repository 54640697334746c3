import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { runActionProcess } from '../../scripts/action-process.ts'
import { contractImage } from '../fixtures/contract-image.ts'
import { localAws } from '../local-aws.ts'

const network = {
  Resources: {
    // A rollback would delete one of the service's own stack, with what it tells.
    Logs: { Type: 'AWS::Logs::LogGroup' },
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
  },
  Outputs: { Subnet: { Value: { Ref: 'Subnet' } }, Logs: { Value: { Ref: 'Logs' } } },
}

const breaker = { Enable: true, Rollback: true, ThresholdConfiguration: { Type: 'COUNT', Value: 1 } }

/** A service in a cluster of its own, whose only container is given by parameters. */
const service = (container: object) => ({
  Parameters: { Image: { Type: 'String' }, Subnet: { Type: 'String' }, Logs: { Type: 'String' } },
  Resources: {
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ...{ RequiresCompatibilities: ['FARGATE'], NetworkMode: 'awsvpc', Cpu: '256', Memory: '512' },
        ContainerDefinitions: [
          {
            ...{ Name: 'app', Image: { Ref: 'Image' }, ...container },
            LogConfiguration: {
              LogDriver: 'awslogs',
              Options: {
                'awslogs-group': { Ref: 'Logs' },
                'awslogs-region': { Ref: 'AWS::Region' },
                'awslogs-stream-prefix': 's',
              },
            },
          },
        ],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        ...{ Cluster: { Ref: 'Cluster' }, LaunchType: 'FARGATE', DesiredCount: 1 },
        TaskDefinition: { Ref: 'Task' },
        DeploymentConfiguration: { DeploymentCircuitBreaker: breaker },
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'Subnet' }] } },
      },
    },
  },
})

const python = (...command: string[]) => ({ EntryPoint: ['python3', '-c'], Command: command })
const containers = {
  missing: {},
  ends: python("print('no model'); raise SystemExit(3)"),
  unhealthy: {
    ...{ EntryPoint: ['sleep'], Command: ['600'] },
    HealthCheck: { Command: ['CMD-SHELL', 'exit 1'], Interval: 5, Retries: 1, Timeout: 2 },
  },
  unknown: { EntryPoint: ['no-such-program'] },
}

it('tells of each service that fails what its container says, and what to do', async () => {
  const aws = localAws()
  const image = await contractImage({ ...aws, config: { ...aws.config } })
  const folder = mkdtempSync(join(tmpdir(), 'stacks-'))
  const entries = Object.entries(containers).map(([key, container]) => {
    writeFileSync(join(folder, `${key}.json`), JSON.stringify(service(container)))
    return `  ${key}: {template: ${key}.json, parameters: {Image: '${key === 'missing' ? image.replace(/@.*/, ':none') : image}', Subnet: '\${net.Subnet}', Logs: '\${net.Logs}'}}`
  })
  writeFileSync(join(folder, 'net.json'), JSON.stringify(network))
  writeFileSync(join(folder, 'stacks.yml'), ['stacks:', '  net: {template: net.json}', ...entries].join('\n'))
  const { outputs, summary } = await runActionProcess({
    action: 'deploy-stack',
    inputs: { stacks: join(folder, 'stacks.yml'), prefix: 'p' },
    env: { ...aws.env, RUNNER_TEMP: aws.env.HOME ?? '' },
  })
  const { stacks } = JSON.parse(readFileSync(outputs.report ?? '', 'utf8'))
  const causes = Object.fromEntries(
    stacks.map(({ key, cause }: { key: string; cause: string }) => [key, cause]),
  )
  expect(outputs.result).toBe('rolled-back')
  expect(causes).toEqual({
    net: undefined,
    missing: expect.stringMatching(
      /^Service \(AWS::ECS::Service\): image .*: cannot be pulled: .*; push the image/,
    ),
    ends: expect.stringContaining(
      'container app: ended with exit code 3; its last log line is "no model"; correct what its log tells [ROLLBACK_COMPLETE',
    ),
    unhealthy: expect.stringContaining('container app: failed its health check; correct the command'),
    unknown: expect.stringMatching(/no-such-program.*; correct the entry point or the command/),
  })
  expect(summary).toContain('| what | why | what to do |')
  // The rollbacks deleted the services: a cluster that has one stays.
  const { clusterArns } = await new ECSClient(aws.config).send(new ListClustersCommand())
  expect(clusterArns).toEqual([])
})
