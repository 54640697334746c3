import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../scripts/local-aws-process.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/migration.md')
const rows = page.split('\n').filter((line) => line.startsWith('| '))
const firstCells = rows.map((row) => row.split(' | ')[0] ?? '')
const inFirstCell = (name: string) => firstCells.some((cell) => cell.includes(`\`${name}\``))
const find = (pattern: RegExp) => [...page.matchAll(pattern)]
const template = (stack: string) => read(`cloudformation/${stack}.yml`)
const stacks = globSync('cloudformation/*.yml', { cwd: root }).map((path) => path.slice(15, -4))

const scripts = [
  ...['s3_create_bucket', 'ecr_create_repository', 'ecr_load_docker_image', 'ecr_push_docker_image'],
  ...['lambda_00_prereqs', 'lambda_01_create_function', 'lambda_51_test_invoke_upload'],
  ...['lambda_52_test_invoke_download', 'lambda_99_cleanup', 'apigw_00_create_api'],
  ...['apigw_51_upload_localimage', 'apigw_52_download_image', 'apigw_99_cleanup', 'ecs_00_prereqs'],
  ...['ecs_01_create_cluster', 'ecs_02_capacity_gpu_asg', 'ecs_03_alb_and_sg', 'ecs_04_register_taskdef'],
  ...['ecs_05_create_service', 'ecs_06_update_service', 'ecs_07_autoscaling', 'ecs_10_go_all'],
  ...['ecs_90_pause', 'ecs_91_resume', 'ecs_97_delete_alb', 'ecs_98_delete_task_defs', 'ecs_99_cleanup'],
  ...['billing_00_create_update_pipeline', 'billing_01_create_athena_tables', 'billing_02_run_daily_ctas'],
  ...['billing_98_check_status', 'billing_99_destroy_all'],
]

/** Every variable that a version of the scripts' `.env` had. */
const variables = [
  ...names('AWS', 'REGION'),
  ...names('ACCOUNT', 'ID'),
  ...names(
    'BILLING',
    'FIREHOSE_NAME S3_BUCKET S3_PREFIX S3_ERROR_PREFIX GLUE_DB ATHENA_WORKGROUP TABLE_JSON',
  ),
  ...names('BILLING', 'TABLE_PARQUET PARQUET_PREFIX PARQUET_DAILY_CRON LOG_GROUP LOG_FORMAT'),
  ...names('DDN', 'IN_BUCKET OUT_BUCKET S3_USE_ACCELERATE S3_PRESIGN_EXPIRES LAMBDA_FUNC_NAME LAMBDA_ROLE'),
  ...names('DDN', 'ECR_REPO ECR_TAG ECR_IMG_TAR LOCAL_IMG IMAGE_URI IMAGE_URI_TAG IMAGE_URI_LATEST REGISTRY'),
  ...names('DDN', 'VPC_ID SUBNET_IDS ECS_SG_NAME ALB_SG_NAME SECURITY_GROUP'),
  ...names('DDN_ECS', 'CLUSTER SERVICE TASK_FAMILY TASK_DEF CONTAINER EC2_NAME INSTANCE_TYPE ROOT_VOLUME'),
  ...names('DDN_ECS', 'DESIRED_TASK_COUNT DESIRED_COUNT HC_GRACE_SECONDS HC_GRACE ROLE_NAME PROFILE_NAME'),
  ...names('DDN_ECS', 'INSTANCE_ROLE_NAME INSTANCE_ROLE_ARN EXECUTION_ROLE_NAME EXECUTION_ROLE_ARN'),
  ...names('DDN_ECS', 'TASK_ROLE_NAME TASK_ROLE_ARN TASK_POLICY_NAME'),
  ...names('DDN', 'FLASK_HTTP_PORT FLASK_PORT FLASK_GRPC_PORT TRITON_HTTP_PORT TRITON_GRPC_PORT HOST_PORT'),
  ...names('DDN', 'ASG_NAME LAUNCH_TEMPLATE_NAME INSTANCE_TYPE DESIRED_CAPACITY MIN_CAPACITY MAX_CAPACITY'),
  ...names('DDN', 'ALB_NAME ALB_DNS ALB_SCHEME ALB_BASEPATH TG_FLASK TG_TRITON'),
  ...names('DDN_HEALTH', 'PATH INTERVAL TIMEOUT HEALTHY UNHEALTHY'),
  ...names('DDN_APIGW', 'NAME ENDPOINT ID STAGE_NAME PRESIGN_PATH INFERENCE_PATH INVOCATIONS_PATH PING_PATH'),
  ...names('DDN_APIGW', 'HEALTH_PATH HEALTH_ROUTE'),
  ...names('DDN', 'CPU_HIGH_THRESHOLD CPU_LOW_THRESHOLD MEMORY_HIGH_THRESHOLD MEMORY_LOW_THRESHOLD'),
  ...names(
    'DDN',
    'REQUEST_COUNT_PER_TARGET SCALE_OUT_THRESHOLD_REQUEST_COUNT SCALE_IN_REQUEST_COUNT_PER_TARGET',
  ),
  ...names('DDN_SCALE', 'OUT_COOLDOWN IN_COOLDOWN OUT_EVALUATION_PERIODS IN_EVALUATION_PERIODS'),
  ...names('DDN_SCALE', 'OUT_POLICY IN_POLICY'),
  ...names('DDN', 'TEST_IMAGE_PATH TEST_IMAGE_KEY TEST_API_ENDPOINT MODEL_NAME ENDPOINT_CONFIG SM_ENDPOINT'),
  ...names('DDN', 'SM_INSTANCE_TYPE SM_INITIAL_INSTANCE_COUNT ASYNC_S3_INPUT ASYNC_S3_OUTPUT SNS_TOPIC_NAME'),
  ...names('DDN', 'EXEC_ROLE_ARN MAX_CONCURRENCY INVOCATION_TIMEOUT'),
]

function names(first: string, rest: string): string[] {
  return rest.split(' ').map((name) => `${first}_${name}`)
}

describe('the scripts', () => {
  it('have a replacement that works, each of them', () => {
    const table = /## Scripts\n\n.*\n.*\n([\s\S]*?)\n\n/.exec(page)?.[1]?.split('\n') ?? []
    expect(table.filter((row) => !row.endsWith(' | works |'))).toEqual([])
    const replaced = table.map((row) => row.split(' | ')[0] ?? '')
    expect(scripts.filter((name) => !replaced.some((cell) => cell.includes(`\`${name}\``)))).toEqual([])
  })

  it('that remove something name every stack that refers to it', () => {
    const graph: Record<string, { parameters?: object; 'depends-on'?: string[] }> = parse(
      read('cloudformation/stacks.yml'),
    ).stacks
    const refersTo = (key: string, other: string) =>
      JSON.stringify(graph[key]?.parameters ?? {}).includes(`\${${other}.`) ||
      graph[key]?.['depends-on']?.includes(other)
    const lists = find(/`mode: destroy`, `only: ([^`]+)`/g).map(([, list = '']) => list.split(', '))
    expect(lists.length).toBeGreaterThan(4)
    const left = lists.flatMap((list) =>
      Object.keys(graph)
        .filter((key) => !list.includes(key) && list.some((other) => refersTo(key, other)))
        .map((key) => `${list.join(', ')}: ${key}`),
    )
    expect(left).toEqual([])
    expect(lists.flat().filter((key) => !(key in graph))).toEqual([])
  })
})

describe('the questions of operators', () => {
  it('are all answered', () => {
    const table =
      /## Status and troubleshooting\n[\s\S]*?\|---.*\n([\s\S]*?)\n\n/.exec(page)?.[1]?.split('\n') ?? []
    expect(table.length).toBeGreaterThan(5)
    expect(table.filter((row) => !row.endsWith(' | works |'))).toEqual([])
  })

  it('name alarms and a dashboard that the template has', () => {
    const named = find(/(?:alarm|dashboard) `ddn-([\w-]+)`/g).map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((name) => !template('monitoring').includes(`\${Prefix}-${name}'`))).toEqual([])
  })
})

describe('the values of .env', () => {
  it('are in the first column, all of them', () => {
    expect(variables.filter((name) => !inFirstCell(name))).toEqual([])
  })

  it('became parameters that the templates have', () => {
    const named = find(/`([a-z-]+)\.([A-Z]\w+)(?:=[^`]*)?`/g)
    const unknown = named.filter(([, stack = '', name = '']) => !hasParameter(stack, name))
    expect(unknown.map(([whole]) => whole)).toEqual([])
    const bare = find(/parameters? ((?:`[A-Z]\w+`(?:, )?)+)/g).flatMap(
      ([, list = '']) => list.match(/\w+/g) ?? [],
    )
    expect(bare.length).toBeGreaterThan(3)
    expect(bare.filter((name) => !stacks.some((stack) => hasParameter(stack, name)))).toEqual([])
  })

  it('have the defaults that the page states', () => {
    const stated = [
      ...find(/`([a-z-]+)\.([A-Z]\w+)`, default `([^`]+)`/g),
      ...find(/`([a-z-]+)\.([A-Z]\w+)` \((\d+)\)/g),
    ]
    expect(stated.length).toBeGreaterThan(7)
    const wrong = stated.filter(([, stack = '', name = '', value]) => {
      const given = parse(template(stack).replaceAll(/!\w+/g, '')).Parameters[name].Default
      const named = /AccessLogGroupName/.test(name)
      return !named && String(given) !== value
    })
    expect(wrong.map(([whole]) => whole)).toEqual([])
  })

  it('became inputs that the actions have', () => {
    const named = find(/input `([\w-]+)` of `([\w-]+)`/g)
    expect(named.length).toBeGreaterThan(7)
    const unknown = named.filter(
      ([, input = '', action]) => !(input in parse(read(`actions/${action}/action.yml`)).inputs),
    )
    expect(unknown.map(([whole]) => whole)).toEqual([])
  })

  it('became variables of the repository that a workflow reads', () => {
    const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map(read).join('\n')
    const named = find(/repository variable `(\w+)`/g).map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((name) => !workflows.includes(`vars.${name}`))).toEqual([])
  })

  it('became outputs that the stacks have', () => {
    const named = [
      ...find(/output `(\w+)` of the stack `([\w-]+)`/g),
      ...find(/stack `([\w-]+)`: output `(\w+)`/g).map(([whole, stack, name]) => [whole, name, stack]),
    ]
    expect(named.length).toBeGreaterThan(3)
    const unknown = named.filter(
      ([, name, stack = '']) => !new RegExp(`^Outputs:[\\s\\S]*^  ${name}:$`, 'm').test(template(stack)),
    )
    expect(unknown.map(([whole]) => whole)).toEqual([])
  })
})

function hasParameter(stack: string, name: string): boolean {
  const [, parameters = ''] = /^Parameters:\n([\s\S]*?)^\w/m.exec(template(stack)) ?? []
  return new RegExp(`^  ${name}:$`, 'm').test(parameters)
}
