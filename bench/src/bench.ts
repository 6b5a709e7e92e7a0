// `npm run bench`: this gateway beside the bare floor and its peers, on this machine, in one run.
import { cpus } from 'node:os'
import { join } from 'node:path'
import { judge } from './budget.js'
import { help, planOf, readOptions, type Options } from './options.js'
import { installPortkey } from './portkey.js'
import { killAll } from './processes.js'
import { profileSummary } from './profile.js'
import { budgetTable, resultsFile, rowTable, writeResults } from './report.js'
import { rows, runColdStart, runRow, type Result, type Row } from './rows.js'
import { soak } from './soak.js'
import { setStage, type Stage } from './stage.js'
import { isWeir, type SubjectName } from './subjects.js'
import { weirIsBuilt } from './weir.js'

process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

await main(readOptions(process.argv.slice(2)))

async function main(options: Options): Promise<void> {
  if (options.help) return say(help)
  await using stage = await setStage()
  say(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; ${stage.cores}\n`)
  if (options.soak) {
    if (!(await soak(stage, options.minutes))) process.exitCode = 1
    return
  }
  if (options.quick) say('Quick: these figures show that it works, no more.\n')
  const results = await runAll(options, stage)
  const table = budgetTable(results)
  if (table !== '') say(table)
  const facts = { node: process.version, cpu: cpus()[0]?.model, cores: stage.cores, options }
  say(`Written to ${await writeResults('', { ...facts, budget: judge(results), results })}`)
}

async function runAll(options: Options, stage: Stage): Promise<Result[]> {
  const plan = planOf(options)
  const portkeyFolder = join(stage.folder, 'portkey')
  if (options.peers) {
    say('Installing Portkey into a temporary folder …\n')
    await installPortkey(portkeyFolder)
  }
  const profiles = options.profile ? resultsFile('-profiles') : undefined
  const results: Result[] = []
  for (const row of rows.filter((each) => wantedRow(each.name, options))) {
    const subjects = row.subjects.filter((name) => wantedSubject(name, options))
    await attempt(row.name, async () => {
      const found = await runRow(row, subjects, stage, plan, { portkeyFolder, profiles })
      results.push(...found)
      say(rowTable(titleOf(row, plan.pacedStreams), found))
      if (profiles !== undefined) say(await profileSummary(join(profiles, row.name)))
    })
  }
  if (weirIsBuilt() && wantedRow('cold-start', options)) {
    await attempt('cold-start', async () => {
      const found = await runColdStart(stage, plan)
      results.push(found)
      say(rowTable('From spawn to ready', [found]))
    })
  }
  return results
}

// One row that fails does not take the others with it.
async function attempt(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    process.exitCode = 1
    say(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

function titleOf(row: Row, pacedStreams: number): string {
  return row.name === 'paced' ? `${row.title} (${pacedStreams} streams)` : row.title
}

function wantedRow(name: string, { only }: Options): boolean {
  const named = only.filter((each) => each === 'cold-start' || rows.some((row) => row.name === each))
  return named.length === 0 || named.includes(name)
}

function wantedSubject(name: SubjectName, { only, peers }: Options): boolean {
  if (name === 'portkey' && !peers) return false
  if (isWeir(name) && !weirIsBuilt()) return false
  const named = only.filter((each) => rows.some((row) => row.subjects.some((subject) => subject === each)))
  return named.length === 0 || name === 'direct' || named.includes(name)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
