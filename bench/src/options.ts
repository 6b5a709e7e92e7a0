import { parseArgs } from 'node:util'
import type { Plan } from './rows.js'

/** What the command line asks for. */
export interface Options {
  soak: boolean
  minutes: number
  quick: boolean
  only: string[]
  peers: boolean
  profile: boolean
  help: boolean
}

/** The text of `--help`. */
export const help = `npm run bench -- [options]           the floor, Weir's two lanes and, if asked, a peer, in one run
npm run bench -- soak [--minutes N]  load and aborts for N minutes (10), then the heap of two rounds compared

  --quick      a version of one or two minutes: it shows that things work, not how fast they are
  --only a,b   only these rows: saturation, fixed-rate, streams, dialects, dialect-streams, paced, first-event, conversation, cold-start
               or these subjects: floor, floor-reserialise, native, translated, translated-messages,
               translated-generate-content, translated-converse, native-store, translated-store, portkey
  --peers      Portkey's gateway too, installed with npm into a temporary folder
  --profile    leave a CPU profile of each gateway process and print the functions with most time of their own;
               the figures of such a run are slower than the truth
  --help       this text

Results are printed, and written to bench/results/ as JSON.
`

/** Reads the command line; what it does not know is an error. */
export function readOptions(parameters: string[]): Options {
  const { values, positionals } = parseArgs({
    args: parameters,
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '10' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peers: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [command, ...others] = positionals
  if (others.length > 0 || (command !== undefined && command !== 'soak'))
    throw new Error(`unknown command: ${positionals.join(' ')}`)
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0')
  const { quick, peers, profile, help: asked } = values
  const only = values.only.flatMap((list) => list.split(',')).filter((name) => name !== '')
  return { soak: command === 'soak', minutes, quick, peers, profile, help: asked, only }
}

/** How much a run measures. */
export function planOf({ quick }: Options): Plan {
  return quick
    ? {
        rounds: 2,
        window: { warmMs: 200, windowMs: 800 },
        heatMs: 800,
        pacedStreams: 200,
        pacedWindow: { warmMs: 1000, windowMs: 2000 },
      }
    : {
        rounds: 5,
        window: { warmMs: 500, windowMs: 4000 },
        heatMs: 4000,
        pacedStreams: 1000,
        pacedWindow: { warmMs: 6000, windowMs: 12_000 },
      }
}
