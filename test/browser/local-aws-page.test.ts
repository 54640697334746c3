import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalAws, startLocalAws } from '../../scripts/local-aws-process.ts'
import { hasBrowser, launchBrowser } from '../fixtures/browser.ts'
import { createRepository, makeSmallImage, pushSmallImage } from '../fixtures/registry.ts'
import { deployService } from '../fixtures/service.ts'
import { type LocalAccount, localAws } from '../local-aws.ts'

const markup = "SELECT '<img src=x onerror=alert(1)>' AS picture"

let aws: LocalAws
let account: LocalAccount
let browser: Browser
let page: Page
const complaints: string[] = []
const requests: string[] = []

async function startQuery() {
  const s3 = new S3Client({ ...account.config, forcePathStyle: true })
  const place = { LocationConstraint: 'ap-northeast-2' } as const
  await s3.send(new CreateBucketCommand({ Bucket: 'results', CreateBucketConfiguration: place }))
  const query = { QueryString: markup, ResultConfiguration: { OutputLocation: 's3://results/' } }
  await new AthenaClient(account.config).send(new StartQueryExecutionCommand(query))
}

const open = async (path = '') => await page.goto(`${aws.endpoint}/_local/${path}`)
const follow = async (text: string) =>
  await Promise.all([page.waitForNavigation(), page.locator(`a ::-p-text(${text})`).click()])
const readText = async () => String(await page.evaluate('document.querySelector("main").innerText'))
const waitForText = async (text: string) =>
  await page.waitForFunction(`document.body.innerText.includes(${JSON.stringify(text)})`, { timeout: 10_000 })

beforeAll(async () => {
  if (!hasBrowser) return
  aws = await startLocalAws()
  account = localAws(aws.endpoint)
  await deployService(account)
  await startQuery()
  browser = await launchBrowser()
  page = await browser.newPage()
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  await page.setViewport({ width: 1200, height: 900 })
})

afterAll(async () => {
  if (!hasBrowser) return
  await browser.close()
  await aws.stop()
})

it.runIf(hasBrowser)(
  'shows stacks, services, images and queries of an account, without credentials',
  async () => {
    await open()
    const text = await readText()
    for (const part of [
      `Account ${account.account}`,
      'ddn-storage',
      'CREATE_COMPLETE',
      'ddn-ecs-service',
      '1 of 1',
    ]) {
      expect(text).toContain(part)
    }
    expect(text).toMatch(/app\s+v1, ddn-running\s+sha256:/)
    expect(text).toContain(markup)
  },
)

it.runIf(hasBrowser)('shows what is given to it as text, and asks for nothing but itself', async () => {
  await open()
  expect(await page.evaluate('document.images.length')).toBe(0)
  await follow(markup)
  await waitForText('SUCCEEDED')
  expect(await readText()).toContain('<img src=x onerror=alert(1)>')
  expect(await page.evaluate('document.images.length')).toBe(0)
  expect(
    requests.filter((url) => !url.startsWith(`${aws.endpoint}/_local/`) && !url.startsWith('data:')),
  ).toEqual([])
  expect(complaints).toEqual([])
})

it.runIf(hasBrowser)('shows no stack that is deleted', async () => {
  const client = new CloudFormationClient(account.config)
  const StackName = 'short-lived'
  const Resources = { Name: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } }
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }))
  await waitUntilStackCreateComplete({ client, maxWaitTime: 10, minDelay: 1 }, { StackName })
  await open()
  expect(await readText()).toContain(StackName)
  await client.send(new DeleteStackCommand({ StackName }))
  await page.waitForFunction(`!document.body.innerText.includes('${StackName}')`, { timeout: 10_000 })
})

it.runIf(hasBrowser)('leads to the events of a stack', async () => {
  await open()
  await follow('ddn-cluster')
  const text = await readText()
  expect(text).toMatch(/AWS::ECS::Cluster\s+CREATE_COMPLETE/)
  expect(text).toContain('CREATE_IN_PROGRESS')
})

it.runIf(hasBrowser)('leads to the tasks of a service, and what they print', async () => {
  await open()
  await follow('ddn-ecs-service')
  await waitForText('listening on port 50101')
  expect(await readText()).toMatch(/1 of 1 tasks run/)
})

it.runIf(hasBrowser)('shows what is new without being loaded again', async () => {
  await open()
  await page.evaluate('window.isTheSame = true')
  const repository = await createRepository(account, 'fresh')
  await pushSmallImage(repository, makeSmallImage('fresh'), 'v1')
  await waitForText('fresh')
  expect(await page.evaluate('window.isTheSame')).toBe(true)
})

it.runIf(hasBrowser).each([1200, 390])('fits a window of %i pixels', async (width) => {
  await page.setViewport({ width, height: 900 })
  for (const path of ['', `stack?account=${account.account}&region=${account.region}&name=ddn-service`]) {
    await open(path)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  }
})

it.runIf(hasBrowser)('says what does not exist, and which paths there are', async () => {
  const answer = await open(`service?account=${account.account}&region=${account.region}&key=no/thing`)
  expect([answer?.status(), await readText()]).toEqual([404, expect.stringContaining('It does not exist')])
  const other = await fetch(`${aws.endpoint}/_local/nothing`)
  expect([other.status, await other.text()]).toEqual([404, expect.stringContaining('GET /_local/stack')])
  expect((await fetch(`${aws.endpoint}/_local`)).status).toBe(200)
})

it.runIf(hasBrowser)('says that the local AWS does not answer when it has ended', async () => {
  await open()
  await aws.stop()
  await waitForText('the local AWS does not answer')
})
