import { join } from 'node:path'
import type { FloorCommands } from './floor.js'
import { portkeyHeaders, startPortkey } from './portkey.js'
import { start, type Process, type Start } from './processes.js'
import { requestBody, type Ask, type Request } from './requests.js'
import type { Stage } from './stage.js'
import { adminKey, startWeir } from './weir.js'

/** Everything that can be measured. `direct` is the upstream itself, with no gateway. */
export type SubjectName =
  | 'direct'
  | 'floor'
  | 'floor-reserialise'
  | 'native'
  | 'translated'
  | 'translated-messages'
  | 'translated-generate-content'
  | 'translated-converse'
  | 'native-store'
  | 'translated-store'
  | 'portkey'

/** One of them, started: how to ask it, and the process that is measured. */
export interface Subject {
  name: SubjectName
  port: number
  process: Process | undefined
  request(ask: Ask): Request
}

/** Whether a subject is the gateway of this repository. */
export function isWeir(name: SubjectName): boolean {
  return name.startsWith('native') || name.startsWith('translated')
}

/** Starts a subject on the first core, in a fresh process of its own. `portkeyFolder` is where the peer was installed. */
export async function startSubject(
  name: SubjectName,
  stage: Stage,
  portkeyFolder: string,
  nodeOptions: string[] = [],
): Promise<Subject> {
  const { upstreamPort, core } = stage
  const options = { core, nodeOptions }
  if (name === 'direct') return { name, port: upstreamPort, process: undefined, request: plainRequest('responses') }
  if (name === 'portkey') {
    const peer = await startPortkey(portkeyFolder, join(portkeyFolder, 'portkey.log'), options)
    return { name, ...peer, request: plainRequest('chat-completions', portkeyHeaders(upstreamPort)) }
  }
  if (isWeir(name)) {
    const { process, port } = await startWeir(join(stage.folder, `${name}-${Date.now()}`), upstreamPort, options)
    return { name, process, port, request: weirRequest(name) }
  }
  const { process, port } = await startFloor(name === 'floor-reserialise', upstreamPort, options)
  // The bare counterpart of a translated stream reads what that one's upstream sends.
  return { name, process, port, request: plainRequest(name === 'floor' ? 'responses' : 'chat-completions') }
}

async function startFloor(
  reserialise: boolean,
  upstream: number,
  options: Pick<Start, 'core' | 'nodeOptions'>,
): Promise<{ process: Process; port: number }> {
  const floor = start({ script: 'floor.ts', env: { NODE_ENV: 'production' }, ...options })
  const port = await floor.remote<FloorCommands>()('listen', { upstream, reserialise })
  return { process: floor, port }
}

function plainRequest(wire: 'responses' | 'chat-completions', headers: Record<string, string> = {}): Subject['request'] {
  const path = wire === 'responses' ? '/v1/responses' : '/v1/chat/completions'
  return (ask) => ({ path, headers, body: requestBody(wire, ask) })
}

function weirRequest(name: SubjectName): Subject['request'] {
  const store = name.endsWith('-store')
  const account = name.replace(/-store$/, '')
  const headers = { authorization: `Bearer ${adminKey}` }
  return (ask) => {
    const asked = { ...ask, model: `${account}/${ask.model}`, store }
    return { path: '/v1/responses', headers, body: requestBody('responses', asked) }
  }
}
