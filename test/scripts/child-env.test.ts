import { afterEach, describe, expect, it, vi } from 'vitest'
import { childEnv, localAwsEnv } from '../../scripts/child-env.ts'

afterEach(() => vi.unstubAllEnvs())

describe('childEnv', () => {
  it('hands on nothing of the AWS account of the caller', () => {
    for (const name of [
      'AWS_PROFILE',
      'AWS_ACCESS_KEY_ID',
      'AWS_SESSION_TOKEN',
      'AWS_ENDPOINT_URL_S3',
      'NODE_OPTIONS',
    ]) {
      vi.stubEnv(name, 'hostile')
    }
    const env = childEnv(
      '/home',
      localAwsEnv({ endpoint: 'http://127.0.0.1:1', account: '111122223333', region: 'r' }),
    )
    expect(Object.values(env)).not.toContain('hostile')
    expect(env).toMatchObject({
      HOME: '/home',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: '111122223333',
    })
  })
})
