import { describe, expect, it } from 'vitest'
import { chooseOrigin, parseDestination, refuseOtherRegion } from '../../actions/push-image/destination.ts'

const uri = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/team/app'
const region = 'ap-northeast-2'

describe('parseDestination', () => {
  it.each([
    ['team/app', undefined, { kind: 'ecr', name: 'team/app', registryId: undefined }],
    ['team/app', '111122223333', { kind: 'ecr', name: 'team/app', registryId: '111122223333' }],
    [uri, undefined, { kind: 'ecr', name: 'team/app', registryId: '111122223333', region }],
    [uri, '111122223333', { kind: 'ecr', name: 'team/app', registryId: '111122223333', region }],
    [
      '111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app',
      undefined,
      {
        ...{ kind: 'ecr', name: 'app', registryId: '111122223333', region: 'us-gov-west-1' },
        host: '111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      },
    ],
    [
      '111122223333.dkr-ecr.eu-west-1.on.aws/app',
      undefined,
      {
        ...{ kind: 'ecr', name: 'app', registryId: '111122223333', region: 'eu-west-1' },
        host: '111122223333.dkr-ecr.eu-west-1.on.aws',
      },
    ],
    [
      '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/app',
      undefined,
      { kind: 'ecr', name: 'app', registryId: '111122223333', region: 'cn-north-1' },
    ],
    ['ab', undefined, { kind: 'ecr', name: 'ab', registryId: undefined }],
    ['a'.repeat(256), undefined, { kind: 'ecr', name: 'a'.repeat(256), registryId: undefined }],
    ['localhost/app', undefined, { kind: 'registry', reference: 'localhost/app' }],
    ['registry.test/team/app', undefined, { kind: 'registry', reference: 'registry.test/team/app' }],
    ['public.ecr.aws/a/app', undefined, { kind: 'registry', reference: 'public.ecr.aws/a/app' }],
  ])('reads %s with registry-id %s', (text, registryId, destination) => {
    expect(parseDestination(text, registryId)).toEqual(destination)
  })

  it.each([
    [uri, '444455556666', 'registry-id: expected 111122223333 as in repository, got 444455556666'],
    ['Team/App', undefined, 'repository: expected a name such as team/app in lower case, got "Team/App"'],
    ['team//app', undefined, 'repository: expected a name such as team/app in lower case, got "team//app"'],
    [uri.replace('team', 'Team'), undefined, 'repository: expected a name such as team/app in lower case'],
    ['app', '1111222233334', 'registry-id: expected an account of 12 digits, got "1111222233334"'],
    ['app', 'x111122223333', 'registry-id: expected an account of 12 digits, got "x111122223333"'],
    ['a', undefined, 'repository: expected a name such as team/app in lower case, got "a"'],
    ['a'.repeat(257), undefined, 'repository: expected a name such as team/app in lower case'],
    ['localhost/App', undefined, 'repository: expected a registry and a name in lower case'],
    ['app', '1111-2222', 'registry-id: expected an account of 12 digits, got "1111-2222"'],
  ])('refuses %s with registry-id %s', (text, registryId, message) => {
    expect(() => parseDestination(text, registryId)).toThrow(message)
  })
})

it('speaks to the endpoint that the repository names where it is not the usual one', () => {
  const named = { origin: 'https://111122223333.dkr.ecr.eu-west-1.amazonaws.com' }
  const originOf = (text: string) => chooseOrigin(parseDestination(text, undefined), named)
  for (const usual of [
    'team/app',
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app',
    'registry.test/app',
  ])
    expect(originOf(usual)).toBe(named.origin)
  for (const host of [
    '111122223333.dkr-ecr.eu-west-1.on.aws',
    '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com',
  ])
    expect(originOf(`${host}/team/app`)).toBe(`https://${host}`)
})

describe('refuseOtherRegion', () => {
  it.each([
    { AWS_REGION: region },
    { AWS_DEFAULT_REGION: region },
    { AWS_REGION: region, AWS_DEFAULT_REGION: 'x' },
  ])('refuses the URI of another region than that of the environment: %j', (env) => {
    expect(() => refuseOtherRegion({ region: 'us-east-1' }, env)).toThrow(
      'repository: expected the region ap-northeast-2 of AWS_REGION, got us-east-1; set AWS_REGION to us-east-1',
    )
  })

  it('takes the same region, a name alone, and an environment that names none', () => {
    refuseOtherRegion({ region }, { AWS_REGION: region })
    refuseOtherRegion({}, { AWS_REGION: region })
    refuseOtherRegion({ region }, {})
  })
})
