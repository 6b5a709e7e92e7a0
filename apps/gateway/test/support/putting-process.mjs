// Puts responses, each a turn of one conversation, into the database that is named, some at a time, notes each id in a file once its promise has resolved, and
// kills itself in the same moment as the last one is noted: a signal from outside would come after the commit has caught up.
import { openSync, writeSync } from 'node:fs'
import { openLibsql } from '../../dist/adapters/libsql/libsql.js'

const [, , file, notes, count] = process.argv
const { responses, conversations } = openLibsql({ file })
const noted = openSync(notes, 'w')
const owner = { tenant: 'acme', subject: 'ada' }
let next = 0
let resolved = 0

async function putOn() {
  for (;;) {
    const id = `resp_${process.pid}_${next++}`
    const items = [0, 1, 2].map((place) => ({ id: `${id}.${place}`, spare: `${id}.${place}.spare`, item: '{}' }))
    await responses.put(
      { id, owner, parent: null, createdAt: next, input: '[]', response: 'x'.repeat(4_000) },
      { given: [items[0].id], made: [items[1].id, items[2].id], appended: { conversation: 'conv_killed', items } },
    )
    writeSync(noted, `${id}\n`)
    if (++resolved === Number(count)) process.kill(process.pid, 'SIGKILL')
  }
}

const conversation = { id: 'conv_killed', owner, createdAt: 0, metadata: {} }
if (!(await conversations.get(owner, conversation.id))) await conversations.create(conversation, [])
for (let each = 0; each < 8; each++) void putOn()
