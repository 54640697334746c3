import { expect, it } from 'vitest'
import { makeServiceLinkedRoles } from '../../../lib/aws/service-linked-roles.ts'
import { startAws } from '../../fixtures/aws-server.ts'

const serve = async (status: number, xml: string) =>
  makeServiceLinkedRoles(
    (await startAws((_, response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)))
      .config,
  )
const error = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`

it('looks for a role', async () => {
  const found = await serve(200, '<GetRoleResponse><GetRoleResult/></GetRoleResponse>')
  expect(await found.exists('AWSServiceRoleForECS')).toBe(true)
  const missing = await serve(404, error('NoSuchEntity', 'no'))
  expect(await missing.exists('AWSServiceRoleForECS')).toBe(false)
  const denied = await serve(403, error('AccessDenied', 'no'))
  await expect(denied.exists('AWSServiceRoleForECS')).rejects.toThrow('iam:GetRole: denied')
})

it('creates a role, and tells where there is one', async () => {
  const name = '<Role><RoleName>AWSServiceRoleForECS</RoleName></Role>'
  const result = `<CreateServiceLinkedRoleResult>${name}</CreateServiceLinkedRoleResult>`
  const made = await serve(
    200,
    `<CreateServiceLinkedRoleResponse>${result}</CreateServiceLinkedRoleResponse>`,
  )
  expect(await made.create('ecs.amazonaws.com')).toBe('AWSServiceRoleForECS')
  const taken = await serve(400, error('InvalidInput', 'Service role name X has been taken in this account'))
  expect(await taken.create('ecs.amazonaws.com')).toBeUndefined()
  const wrong = await serve(400, error('InvalidInput', 'no such service'))
  await expect(wrong.create('x')).rejects.toThrow('no such service')
})
