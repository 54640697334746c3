import { expect, it } from 'vitest'
import { readInputs } from '../../actions/deploy-stack/inputs.ts'
import { prefixRule } from '../../lib/service/prefix.ts'

const given = { stacks: 'stacks.yml', prefix: 'ddn' }

it('reads lists, parameters and times', () => {
  expect(
    readInputs({ ...given, only: 'a, b\nc', parameters: 'A=1\nb.B=x=y', 'timeout-minutes': '2' }),
  ).toMatchObject({
    mode: 'deploy',
    only: ['a', 'b', 'c'],
    parameters: new Map([
      ['A', '1'],
      ['b.B', 'x=y'],
    ]),
    timeoutSeconds: 120,
  })
})

it.each([
  [{ mode: 'destroy' }, 'confirm: expected the prefix "ddn" to destroy its stacks, got ""'],
  [{ mode: 'destroy', confirm: 'dnd' }, 'got "dnd"'],
  [{ 'delete-data': 'true' }, 'delete-data: goes with mode destroy only, got mode deploy'],
  [{ mode: 'import' }, 'resources-to-import: expected with mode import, and only then, got mode import'],
  [{ 'resources-to-import': 'a.B=c' }, 'resources-to-import: expected with mode import, and only then'],
  [
    { mode: 'apply' },
    'mode: expected one of deploy, preview, review, execute, destroy, drift, import, got "apply"',
  ],
  [{ capabilities: 'IAM' }, 'capabilities: expected some of CAPABILITY_IAM, CAPABILITY_NAMED_IAM'],
  [{ prefix: 'DDN' }, `prefix: expected ${prefixRule}, got "DDN"`],
  [
    { 'cloudformation-role-arn': 'make' },
    'cloudformation-role-arn: expected an ARN such as arn:aws:iam::111122223333:role/cloudformation, got "make"',
  ],
  [{ overlay: '../x' }, 'overlay: expected a name such as production, got "../x"'],
  [{ template: 't.yml' }, 'template: cannot be given together with stacks'],
  [{ 'stack-name': 'x' }, 'stack-name: goes with the input template only, which is not given'],
  [{ 'parameter-overrides': 'A=1' }, 'parameter-overrides: goes with the input template only'],
  [{ stacks: '', template: 't.yml' }, 'stack-name: expected the name of the stack of template, got none'],
  [{ stacks: '', template: 't.yml', overlay: 'x' }, 'template: cannot be given together with overlay'],
  [
    { checks: 'gpu=off' },
    'checks: unknown name "gpu"; known are certificate, credentials, exports, gpu-quota,',
  ],
  [{ checks: 'image=no' }, 'checks: image: expected one of error, warning, off, got "no"'],
  [{ parameter: 'A=1' }, 'parameter: unknown input; did you mean "parameters"'],
])('refuses %j', (more, message) => {
  expect(() => readInputs({ ...given, ...more })).toThrow(message)
})

it('leaves a preview the rights of the caller, which may pass no role', () => {
  const role = { 'cloudformation-role-arn': 'arn:aws:iam::111122223333:role/make' }
  expect(readInputs({ ...given, ...role, mode: 'preview' }).serviceRoleArn).toBeUndefined()
})

it('needs no confirmation for the plan of a destroy', () => {
  expect(readInputs({ ...given, mode: 'destroy', 'dry-run': 'true' })).toMatchObject({ mode: 'destroy' })
})

it('deploys all stacks within an hour unless told otherwise', () => {
  expect(readInputs({ stacks: 's.yml' })).toEqual({
    mode: 'deploy',
    stacks: 's.yml',
    only: [],
    prefix: 'ddn',
    parameters: new Map(),
    tags: new Map(),
    allow: [],
    imports: new Map(),
    capabilities: [],
    checks: new Map(),
    serviceRoleArn: undefined,
    deleteData: false,
    review: undefined,
    failOnDrift: false,
    timeoutSeconds: 3600,
    waitForOthersSeconds: 900,
    concurrency: 8,
    skipResources: [],
    dryRun: false,
  })
})

it('reads all of its inputs', () => {
  const all = {
    ...{ mode: 'destroy', stacks: 's.yml', only: 'a', prefix: 'p', confirm: 'p', 'delete-data': 'true' },
    ...{
      parameters: 'A=1',
      'stack-tags': 'team=ml',
      allow: 'a, b',
      ...{
        'timeout-minutes': '600',
        'wait-for-others': '0',
        concurrency: '60',
        'fail-on-drift': 'true',
        'skip-resources': 'a.B',
      },
      'dry-run': 'false',
    },
    ...{ 'cloudformation-role-arn': 'arn:aws-cn:iam::111122223333:role/path/make', overlay: 'prod' },
    checks: 'subnets=off',
    capabilities: 'CAPABILITY_IAM',
  }
  expect(readInputs(all)).toEqual({
    mode: 'destroy',
    stacks: 's.yml',
    only: ['a'],
    prefix: 'p',
    parameters: new Map([['A', '1']]),
    tags: new Map([['team', 'ml']]),
    allow: ['a', 'b'],
    overlay: 'prod',
    checks: new Map([['subnets', 'off']]),
    capabilities: ['CAPABILITY_IAM'],
    imports: new Map(),
    serviceRoleArn: 'arn:aws-cn:iam::111122223333:role/path/make',
    deleteData: true,
    review: undefined,
    failOnDrift: true,
    timeoutSeconds: 36_000,
    waitForOthersSeconds: 0,
    concurrency: 60,
    skipResources: ['a.B'],
    dryRun: false,
  })
})

it('reads one template alone', () => {
  const single = { template: 't.yml', 'stack-name': 'Mine', 'parameter-overrides': 'A=1' }
  expect(readInputs(single).single).toEqual({ template: 't.yml', stackName: 'Mine', overrides: 'A=1' })
})

it.each(['0', '601'])('refuses a time-out of %s minutes', (minutes) => {
  expect(() => readInputs({ ...given, 'timeout-minutes': minutes })).toThrow('timeout-minutes: expected')
})
