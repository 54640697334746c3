import chromium from '@sparticuz/chromium'
import { hasBrowser } from './fixtures/browser.ts'

/** Unpacks the browser once: of two tests that did so at a time, one would start a program half written. */
export default async function setup(): Promise<void> {
  if (hasBrowser) await chromium.executablePath()
}
