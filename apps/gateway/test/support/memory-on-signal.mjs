// Loaded into a gateway that is measured: at SIGUSR2 it collects its garbage and prints what it holds, in bytes.
process.on('SIGUSR2', () => {
  for (let pass = 0; pass < 4; pass++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.stdout.write(`holds ${heapUsed + external}\n`)
})
