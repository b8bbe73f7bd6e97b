#!/usr/bin/env node
// Finds a Node that can run Cairn (the one that npm brought along, else this one where it is new enough) and hands
// over: the long-running roles to the server and the sidecar, everything else to the command line. Plain JavaScript,
// because an older Node has to be able to read it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

const needed = 24
// Megabytes of each thread for what is young. With V8's own 16 a dozen threads hold 300 MB more and answer no faster.
const young = '--max-semi-space-size=4'

function bundledNode() {
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const home = dirname(require.resolve(`node-${platform}-${process.arch}/package.json`))
    const binary = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(binary) ? binary : null
  } catch {
    return null
  }
}

const words = process.argv.slice(2)
const command = words.find((word) => word !== '--json')
const roles = {
  up: '../../server/src/main.ts',
  verify: '../../server/src/main.ts',
  sidecar: '../../sidecar/src/main.ts',
}
const isRole = Object.hasOwn(roles, command ?? '') && !words.includes('--help') && !words.includes('-h')
const role = isRole ? roles[command] : '../src/main.ts'
const entry = new URL(role, import.meta.url)

keepCompiledCode()
if (Number(process.versions.node.split('.')[0]) >= needed) {
  // For threads: this one's is settled when Node starts.
  v8.setFlagsFromString(young)
  await import(entry.href)
} else {
  const node = bundledNode()
  if (node === null) {
    console.error(
      `Cairn needs Node ${needed} or newer; this is ${process.version}, and none came along for ${process.platform} ` +
        `${process.arch}. Run \`npm install\` again with optional dependencies, or install Node ${needed}.`,
    )
    process.exit(1)
  }
  handOver(node)
}

/**
 * From the second start on, what Node compiled before is read instead: a third of the time and of the memory. Threads, and
 * a Node that this one hands over to, are told by the environment.
 */
function keepCompiledCode() {
  const home = (process.env.CAIRN_HOME ?? '~/.cairn').replace(/^~(?=$|\/)/, homedir())
  if (!existsSync(home)) return
  process.env.NODE_COMPILE_CACHE ??= join(home, 'cache')
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
}

/** Runs the entry in the Node that came along, and ends as it ends. */
function handOver(node) {
  const child = spawn(node, [young, fileURLToPath(entry), ...process.argv.slice(2)], { stdio: 'inherit' })
  // The terminal sends Ctrl-C to both; this one waits so that the other can stop in order.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  }
  child.on('error', (error) => {
    console.error(`Cairn cannot be started: ${error.message}`)
    process.exit(1)
  })
  child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
