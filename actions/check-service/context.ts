import type { ActionContext } from '../../lib/action.ts'
import type { ServiceEvidenceReader } from '../../lib/aws/evidence/service.ts'
import type { ServiceStatusReader } from '../../lib/aws/evidence/status.ts'

/** A request of the check. */
export type ApiRequest = {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body?: string | Uint8Array<ArrayBuffer> | undefined
}

/** Its whole answer; a redirect is an answer too. */
export type ApiAnswer = { status: number; body: Buffer }

/** What the run needs besides the context of every action. */
export type CheckContext = ActionContext & {
  /** Sends a request, within a time that ends; throws where there is no answer, or one that is too large. */
  send(request: ApiRequest): Promise<ApiAnswer>
  /** Connects to the account that the credentials belong to; throws where there are none. */
  connectAws(): {
    /** Describes the place that is asked: its region, and the account of the credentials. */
    describePlace(): Promise<{ account: string; region: string }>
    status: ServiceStatusReader
    evidence: ServiceEvidenceReader
  }
  /** Reads a file; throws UserError where it cannot be read. */
  readBytes(path: string): Buffer
  /** Writes files into a folder, which it creates if necessary, and returns their paths. */
  writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): string[]
  /** Uploads files as an artifact. Undefined if the runner provides no token for it. */
  upload: ((name: string, files: readonly string[], folder: string) => Promise<void>) | undefined
}
