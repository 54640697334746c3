import { devNull, tmpdir } from 'node:os'
import { delimiter, dirname } from 'node:path'

/** Which local AWS a child process talks to, and as which account (12 digits). */
export type LocalTarget = { endpoint: string; account: string; region: string }

const allowed = ['PATH', 'TMPDIR', 'TEMP', 'LANG', 'CI', 'TERM', 'SystemRoot']

/**
 * Makes a child's environment from an allow-list: nothing `AWS_*` of the caller is inherited, or the
 * demo's destroy could meet a real account.
 */
export function childEnv(home: string, extra: Record<string, string> = {}): Record<string, string> {
  const inherited = allowed.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const path = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter)
  return { TMPDIR: tmpdir(), ...Object.fromEntries(inherited), PATH: path, HOME: home, ...extra }
}

/** Returns the variables that point the AWS SDK and the AWS CLI at the local AWS, and at nothing else. */
export function localAwsEnv(target: LocalTarget): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: target.endpoint,
    AWS_REGION: target.region,
    AWS_DEFAULT_REGION: target.region,
    AWS_ACCESS_KEY_ID: target.account,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
