import {
  DeleteStackCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { contractAccount, isLocal } from '../../contract-account.ts'
import { pushServiceImage } from '../../fixtures/service.ts'
import { parameter, stacksOf, type Template } from '../../fixtures/stack.ts'
import { localAws } from '../../local-aws.ts'

const account = contractAccount()
const { client, create, update, remove, reasons, describe: describeStack } = stacksOf(account)
const s3 = new S3Client({ ...account.config, forcePathStyle: true })

const repository = (properties: Record<string, unknown>): Template => ({
  Resources: { Repository: { Type: 'AWS::ECR::Repository', Properties: properties } },
})

describe('deleting a stack', () => {
  it('fails at a bucket with objects, and goes on when it is empty', async () => {
    const object = { Bucket: `full-${account.account}`, Key: 'x' }
    await create('bucket', {
      Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: object.Bucket } } },
    })
    await s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
    const failed = await remove('bucket')
    expect(failed).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [Bucket].',
    })
    expect((await reasons('bucket')).join('\n')).toContain(
      'Bucket DELETE_FAILED Resource handler returned message: "The bucket you tried to delete is not empty (Service: S3, Status Code: 409',
    )
    await s3.send(new DeleteObjectCommand(object))
    expect((await remove('bucket')).StackStatus).toBe('DELETE_COMPLETE')
  })

  // The image is pushed by push-image, as the local account alone can run it.
  it.runIf(isLocal)('fails at a repository with images, where it is not told to empty it', async () => {
    const local = localAws()
    const stacks = stacksOf(local)
    await stacks.create('images', repository({ RepositoryName: 'kept' }))
    await pushServiceImage(local, 'kept')
    expect((await stacks.remove('images')).StackStatus).toBe('DELETE_FAILED')
    expect((await stacks.reasons('images')).join('\n')).toContain(
      `"The repository with name 'kept' in registry with id '${local.account}' cannot be deleted because it still contains images (Service: Ecr, Status Code: 400`,
    )
    await stacks.create('emptied', repository({ RepositoryName: 'emptied', EmptyOnDelete: true }))
    await pushServiceImage(local, 'emptied')
    expect((await stacks.remove('emptied')).StackStatus).toBe('DELETE_COMPLETE')
  })

  it('is refused while the stack is protected', async () => {
    const protect = async (enabled: boolean) => {
      const input = { StackName: 'protected', EnableTerminationProtection: enabled }
      await client.send(new UpdateTerminationProtectionCommand(input))
    }
    await create('protected', { Resources: { A: parameter('/protected') } })
    await protect(true)
    await expect(client.send(new DeleteStackCommand({ StackName: 'protected' }))).rejects.toThrow(
      'cannot be deleted while TerminationProtection is enabled',
    )
    await protect(false)
    expect((await remove('protected')).StackStatus).toBe('DELETE_COMPLETE')
  })
})

describe('an export', () => {
  const exporting = (name: string, value: string): Template => ({
    Resources: { A: parameter(`/exporting/${name}`) },
    Outputs: { Shared: { Value: value, Export: { Name: name } } },
  })
  const importing = (name: string): Template => ({
    Resources: { A: parameter(`/importing/${name}`, { 'Fn::ImportValue': name }) },
  })
  const inUse = 'as it is in use by importer'

  it('keeps its stack, its name and its value while another stack imports it', async () => {
    await create('exporter', exporting('shared', 'x'))
    await create('importer', importing('shared'))
    const { Exports = [] } = await client.send(new ListExportsCommand({}))
    expect(Exports).toContainEqual(expect.objectContaining({ Name: 'shared', Value: 'x' }))
    const { Imports } = await client.send(new ListImportsCommand({ ExportName: 'shared' }))
    expect(Imports).toEqual(['importer'])
    expect(await remove('exporter')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      StackStatusReason: `Export shared cannot be deleted ${inUse}`,
    })
    const without = { Resources: exporting('shared', 'x').Resources }
    expect((await update('exporter', without)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect((await update('exporter', exporting('shared', 'y'))).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    const told = (await reasons('exporter')).join('\n')
    expect(told).toContain(`Export shared cannot be deleted ${inUse}`)
    expect(told).toContain(`Export shared cannot be updated ${inUse}`)
  })

  it('is free once nothing imports it', async () => {
    await create('gone', importing('shared'))
    for (const name of ['gone', 'importer']) await remove(name)
    await expect(client.send(new ListImportsCommand({ ExportName: 'shared' }))).rejects.toThrow(
      'is not imported by any stack',
    )
    expect((await update('exporter', exporting('shared', 'y'))).StackStatus).toBe('UPDATE_COMPLETE')
    expect((await remove('exporter')).StackStatus).toBe('DELETE_COMPLETE')
    expect((await client.send(new ListExportsCommand({}))).Exports).toEqual([])
  })

  it('has one stack', async () => {
    await create('first', exporting('once', 'x'))
    const second = { ...exporting('once', 'x'), Resources: { A: parameter('/second') } }
    expect((await create('second', second)).StackStatus).toBe('ROLLBACK_COMPLETE')
    expect((await reasons('second')).join('\n')).toContain(
      'Export with name once is already exported by stack first',
    )
    expect((await describeStack('first')).StackStatus).toBe('CREATE_COMPLETE')
  })
})
