import { addressOfPage } from './aws/console.ts'
import { join, link, type Markdown, md, renderSeconds } from './markdown.ts'

/** Where in AWS a run works, as far as it knows: account (12 digits), and page of the console (`athena/home`). */
export type Place = { account?: string | undefined; region: string; page: string }

/** Renders in one line where a run worked, for how long, and where its services are in the console. */
export function renderPlace(place: Place | undefined, seconds: number): Markdown {
  const { account, region, page } = place ?? {}
  const parts = [
    ...(account === undefined ? [] : [md`account ${account}`]),
    ...(region === undefined ? [] : [md`${region}`]),
    md`${renderSeconds(seconds)}`,
    ...(region === undefined || page === undefined ? [] : [link('console', addressOfPage(region, page))]),
  ]
  return join(parts, ' · ')
}
