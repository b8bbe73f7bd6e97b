/** Languages of code by file name, each loaded when it is first needed. */
import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language'

const legacy = async (load: Promise<StreamParser<unknown>>) => new LanguageSupport(StreamLanguage.define(await load))

type Load = () => Promise<LanguageSupport>
const javascript =
  (options: { jsx?: boolean; typescript?: boolean }): Load =>
  () =>
    import('@codemirror/lang-javascript').then((lang) => lang.javascript(options))
const shell: Load = () => legacy(import('@codemirror/legacy-modes/mode/shell').then((mode) => mode.shell))
const css: Load = () => import('@codemirror/lang-css').then((lang) => lang.css())
const json: Load = () => import('@codemirror/lang-json').then((lang) => lang.json())
const yaml: Load = () => import('@codemirror/lang-yaml').then((lang) => lang.yaml())
const cpp: Load = () => import('@codemirror/lang-cpp').then((lang) => lang.cpp())
const html: Load = () => import('@codemirror/lang-html').then((lang) => lang.html())
const python: Load = () => import('@codemirror/lang-python').then((lang) => lang.python())
const markdown: Load = () => import('@codemirror/lang-markdown').then((lang) => lang.markdown())
const java: Load = () => import('@codemirror/lang-java').then((lang) => lang.java())
const clike =
  (name: 'csharp' | 'kotlin' | 'scala' | 'dart' | 'objectiveC'): Load =>
  () =>
    legacy(import('@codemirror/legacy-modes/mode/clike').then((mode) => mode[name]))
const toml: Load = () => legacy(import('@codemirror/legacy-modes/mode/toml').then((mode) => mode.toml))
const ruby: Load = () => legacy(import('@codemirror/legacy-modes/mode/ruby').then((mode) => mode.ruby))
const docker: Load = () => legacy(import('@codemirror/legacy-modes/mode/dockerfile').then((mode) => mode.dockerFile))
const properties: Load = () =>
  legacy(import('@codemirror/legacy-modes/mode/properties').then((mode) => mode.properties))
const diff: Load = () => legacy(import('@codemirror/legacy-modes/mode/diff').then((mode) => mode.diff))
const xml: Load = () => legacy(import('@codemirror/legacy-modes/mode/xml').then((mode) => mode.xml))
const lua: Load = () => legacy(import('@codemirror/legacy-modes/mode/lua').then((mode) => mode.lua))
const swift: Load = () => legacy(import('@codemirror/legacy-modes/mode/swift').then((mode) => mode.swift))
const haskell: Load = () => legacy(import('@codemirror/legacy-modes/mode/haskell').then((mode) => mode.haskell))
const perl: Load = () => legacy(import('@codemirror/legacy-modes/mode/perl').then((mode) => mode.perl))
const r: Load = () => legacy(import('@codemirror/legacy-modes/mode/r').then((mode) => mode.r))
const powershell: Load = () =>
  legacy(import('@codemirror/legacy-modes/mode/powershell').then((mode) => mode.powerShell))

const byEnding: Record<string, Load> = {
  ...of('ts mts cts typescript', javascript({ typescript: true })),
  ...of('tsx', javascript({ typescript: true, jsx: true })),
  ...of('js mjs cjs jsx javascript', javascript({ jsx: true })),
  ...of('json jsonc json5 webmanifest ipynb map', json),
  ...of('yaml yml', yaml),
  ...of('css scss less', css),
  ...of('html htm vue svelte astro', html),
  ...of('xml svg plist xhtml', xml),
  ...of('md mdx markdown', markdown),
  ...of('py pyi pyw python', python),
  ...of('go', () => import('@codemirror/lang-go').then((lang) => lang.go())),
  ...of('rs rust', () => import('@codemirror/lang-rust').then((lang) => lang.rust())),
  ...of('java', java),
  ...of('c h cc cpp cxx hpp hh hxx ino', cpp),
  ...of('php', () => import('@codemirror/lang-php').then((lang) => lang.php())),
  ...of('sql', () => import('@codemirror/lang-sql').then((lang) => lang.sql())),
  ...of('sh bash zsh fish shell console', shell),
  ...of('toml', toml),
  ...of('ini cfg conf properties env editorconfig gitignore dockerignore cairnignore npmrc', properties),
  ...of('rb ruby rake gemspec', ruby),
  ...of('cs csharp', clike('csharp')),
  ...of('kt kts kotlin', clike('kotlin')),
  ...of('scala sc', clike('scala')),
  ...of('dart', clike('dart')),
  ...of('m mm', clike('objectiveC')),
  ...of('swift', swift),
  ...of('lua', lua),
  ...of('hs', haskell),
  ...of('pl pm', perl),
  ...of('r', r),
  ...of('ps1 psm1', powershell),
  ...of('diff patch', diff),
  ...of('dockerfile containerfile', docker),
}
const byName: Record<string, Load> = {
  dockerfile: docker,
  containerfile: docker,
  makefile: shell,
  gemfile: ruby,
  rakefile: ruby,
  'cmakelists.txt': shell,
}

function of(endings: string, load: Load): Record<string, Load> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, load]))
}

/** Loads what colours a file of this name; null where nothing is known of it. */
export async function languageOf(path: string): Promise<LanguageSupport | null> {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const load = byName[name] ?? byEnding[name.slice(name.lastIndexOf('.') + 1)]
  return load ? load().catch(() => null) : null
}
