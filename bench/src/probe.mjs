// Loaded with `--import` into a process under measurement, which itself knows nothing of it. Answers the bench over IPC
// with the memory that the process holds (after a collection, where asked) and the CPU time that it has used.
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.channel) {
  process.on('message', ({ id, name, argument }) => {
    if (name !== 'probe') return
    if (argument?.collect) for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    process.send({ id, value: { rss, heapUsed, external, cpuMicroseconds: user + system } })
  })
  // A listener on the channel would keep a process alive that wants to end.
  process.channel.unref()
}
