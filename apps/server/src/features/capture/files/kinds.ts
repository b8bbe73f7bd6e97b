/** What a file's name alone says: its language, and whether it is worth opening at all. */

/** Names that likely hold keys or passwords. Examples and templates of them do not. */
const secretNames = new Set([
  '.netrc',
  '_netrc',
  '.pgpass',
  '.htpasswd',
  '.git-credentials',
  '.dockercfg',
  '.vault-token',
  '.my.cnf',
  '.s3cfg',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ecdsa_sk',
  'id_ed25519',
  'id_ed25519_sk',
  'credentials',
  'credentials.json',
  'secrets.yml',
  'secrets.yaml',
  'secrets.json',
  'secrets.toml',
  'shadow',
  'master.key',
])
const secretEndings = [
  '.pem',
  '.key',
  '.p12',
  '.pfx',
  '.p8',
  '.pkcs12',
  '.jks',
  '.keystore',
  '.kdbx',
  '.kdb',
  '.ppk',
  '.ovpn',
  '.tfstate',
  '.tfstate.backup',
  '.agekey',
  '.gpg',
  '.asc.key',
  '.mobileprovision',
]
const exampleEnding = /\.(example|sample|template|dist|defaults?|tpl)$/

const generatedNames = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'cargo.lock',
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'pipfile.lock',
  'composer.lock',
  'gemfile.lock',
  'go.sum',
  'go.work.sum',
  'flake.lock',
  'mix.lock',
  'pubspec.lock',
  'podfile.lock',
  'packages.lock.json',
  'gradle.lockfile',
  'package.resolved',
  '.terraform.lock.hcl',
])
const generatedEndings = ['.js.map', '.css.map', '.mjs.map', '.cjs.map', '.ts.map', '.tsbuildinfo']
const minifiedName = /[.-]min\.(js|mjs|cjs|css|html|json|svg)$/

/** Endings of formats that are never text, so that they need not be opened. */
const binaryEndings = new Set(
  (
    'png jpg jpeg gif webp avif bmp ico icns tif tiff psd heic raw cr2 nef mp3 mp4 m4a m4v mov avi mkv webm ogg oga ogv ' +
    'opus flac wav aac wma wmv flv zip gz tgz bz2 xz zst lz4 lzma 7z rar tar jar war ear apk aab ipa dmg iso img deb rpm ' +
    'msi exe dll so dylib a o obj lib bin class pyc pyo pyd wasm node woff woff2 ttf otf eot pdf doc docx xls xlsx ppt ' +
    'pptx odt ods odp sqlite sqlite3 db mdb parquet arrow feather onnx pt pth safetensors gguf npy npz pkl h5 hdf5 blend ' +
    'fbx glb swf lockb pack idx'
  ).split(' '),
)

/** Why a file of this name is not worth opening; null when its content decides. */
export function reasonByName(name: string): 'secret' | 'generated' | 'minified' | 'binary' | null {
  const lower = name.toLowerCase()
  if (isSecretName(lower)) return 'secret'
  if (generatedNames.has(lower) || generatedEndings.some((ending) => lower.endsWith(ending))) return 'generated'
  if (minifiedName.test(lower)) return 'minified'
  return binaryEndings.has(endingOf(lower)) ? 'binary' : null
}

function isSecretName(lower: string): boolean {
  if (exampleEnding.test(lower)) return false
  if (secretNames.has(lower) || lower === '.env' || lower.startsWith('.env.') || lower.endsWith('.env')) return true
  return secretEndings.some((ending) => lower.endsWith(ending))
}

const endingOf = (lower: string) => lower.slice(lower.lastIndexOf('.') + 1)

const languages: Record<string, string> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'jsx',
  py: 'python',
  pyi: 'python',
  go: 'go',
  rs: 'rust',
  java: 'java',
  kt: 'kotlin',
  kts: 'kotlin',
  scala: 'scala',
  c: 'c',
  h: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hh: 'cpp',
  hpp: 'cpp',
  cs: 'csharp',
  fs: 'fsharp',
  rb: 'ruby',
  php: 'php',
  swift: 'swift',
  m: 'objective-c',
  dart: 'dart',
  lua: 'lua',
  pl: 'perl',
  r: 'r',
  jl: 'julia',
  ex: 'elixir',
  exs: 'elixir',
  erl: 'erlang',
  hs: 'haskell',
  ml: 'ocaml',
  clj: 'clojure',
  zig: 'zig',
  sh: 'bash',
  bash: 'bash',
  zsh: 'bash',
  fish: 'fish',
  ps1: 'powershell',
  sql: 'sql',
  html: 'html',
  htm: 'html',
  xml: 'xml',
  svg: 'xml',
  css: 'css',
  scss: 'scss',
  less: 'less',
  vue: 'vue',
  svelte: 'svelte',
  json: 'json',
  jsonc: 'json',
  json5: 'json',
  ndjson: 'json',
  jsonl: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  ini: 'ini',
  cfg: 'ini',
  conf: 'ini',
  md: 'markdown',
  mdx: 'markdown',
  markdown: 'markdown',
  rst: 'restructuredtext',
  txt: 'text',
  tex: 'latex',
  ipynb: 'notebook',
  proto: 'protobuf',
  graphql: 'graphql',
  gql: 'graphql',
  tf: 'terraform',
  nix: 'nix',
  cmake: 'cmake',
  diff: 'diff',
  patch: 'diff',
  csv: 'csv',
  tsv: 'csv',
  log: 'text',
}
const languagesByName: Record<string, string> = {
  dockerfile: 'dockerfile',
  containerfile: 'dockerfile',
  makefile: 'makefile',
  gnumakefile: 'makefile',
  'cmakelists.txt': 'cmake',
  gemfile: 'ruby',
  rakefile: 'ruby',
  jenkinsfile: 'groovy',
  justfile: 'makefile',
  '.bashrc': 'bash',
  '.zshrc': 'bash',
  '.profile': 'bash',
  license: 'text',
  readme: 'text',
  'go.mod': 'go',
}

/** Language by name or ending, in the words of editors; null when it says nothing. */
export function languageOf(name: string): string | null {
  const lower = name.toLowerCase()
  const byName = languagesByName[lower]
  if (byName) return byName
  return lower.includes('.') ? (languages[endingOf(lower)] ?? null) : null
}
