// Gives API keys to users, lists them, and takes them away, in the account that the environment names.
import { parseArgs } from 'node:util'
import { isUserName } from '../lambda/user-name.ts'
import { UserError } from '../lib/errors.ts'
import { prefixInput } from '../lib/service/prefix.ts'
import { type KeyStore, openKeyStore } from './api-key/account.ts'
import { hashKey, makeKey, renderKeys } from './api-key/keys.ts'
import { removeKeys } from './api-key/remove.ts'
import { runMain } from './run-main.ts'

const usage = 'expected add USER, list, or remove USER|HASH'

const noApi = (prefix: string) => `There is no stack ${prefix}-api in this account and region`

/** Adds a key; only the key goes to the standard output, once, for it is stored nowhere. */
async function add(store: KeyStore, prefix: string, user: string | undefined): Promise<void> {
  if (!isUserName(user)) {
    const rule = '1 to 64 letters, digits, ".", "_", "@" or "-", but not ".", ".." or "-"'
    throw new UserError(`add: expected the name of a user, ${rule}, got "${user ?? ''}"`)
  }
  const key = makeKey()
  await store.add(user, hashKey(key))
  console.log(key)
  const hasApi = await store.resetCache()
  console.error(`The key of ${user} is not shown again; callers send it as the header x-api-key.`)
  if (!hasApi)
    console.error(
      `${noApi(prefix)}: nothing takes the key until it is deployed. A service of another prefix takes only keys that are added with its --prefix.`,
    )
}

async function remove(store: KeyStore, prefix: string, userOrHash: string | undefined): Promise<void> {
  if (!userOrHash) throw new UserError('remove: expected the name of a user or the first digits of a hash')
  const { hasApi } = await removeKeys(store, userOrHash, console.log)
  if (!hasApi) console.error(`${noApi(prefix)}, so no cache of its authorizer was reset.`)
}

async function main(): Promise<undefined> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { prefix: { type: 'string', default: 'ddn' } },
  })
  const [command, name, ...rest] = positionals
  if (rest.length > 0 || (command === 'list' && name !== undefined)) {
    throw new UserError(`api-key: ${usage}, got "${positionals.join(' ')}"`)
  }
  const prefix = prefixInput('').parse('--prefix', values.prefix)
  const store = openKeyStore(process.env, prefix)
  if (command === 'add') await add(store, prefix, name)
  else if (command === 'remove') await remove(store, prefix, name)
  else if (command === 'list') console.log(renderKeys(await store.list()))
  else throw new UserError(`api-key: ${usage}, got "${command ?? ''}"`)
}

await runMain(main)
